import { useEffect, useState } from 'react'

import { useServices } from '../../app/context.js'
import { droppedFiles } from './pick-files.js'

/** Takes files dropped anywhere on the page and says so while they hover. */
export function DropZone() {
  const { files } = useServices()
  const [hovering, setHovering] = useState(false)

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const onDragOver = (event: DragEvent) => {
      if (hasFiles(event)) {
        event.preventDefault()
        setHovering(true)
      }
    }
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) {
        setHovering(false)
      }
    }
    const onDrop = (event: DragEvent) => {
      if (hasFiles(event) && event.dataTransfer) {
        event.preventDefault()
        event.stopPropagation()
        setHovering(false)
        void droppedFiles(event.dataTransfer).then((dropped) => files.upload(dropped))
      }
    }
    addEventListener('dragover', onDragOver)
    addEventListener('dragleave', onDragLeave)
    addEventListener('drop', onDrop, true)
    return () => {
      removeEventListener('dragover', onDragOver)
      removeEventListener('dragleave', onDragLeave)
      removeEventListener('drop', onDrop, true)
    }
  }, [files])

  return hovering ? (
    <div className="drop-zone" aria-hidden="true">
      <p>Drop files, folders or a zip to add them to the program</p>
    </div>
  ) : null
}
