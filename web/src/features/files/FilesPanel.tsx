import { useState } from 'react'

import { useAppState, useDispatch, useServices } from '../../app/context.js'
import { IconButton } from '../../ui/IconButton.js'
import { FileTree } from './FileTree.js'
import { freeName } from './file-names.js'
import { NameField } from './NameField.js'
import { pickFiles } from './pick-files.js'
import { defaultExtension } from './use-file-menu.js'

/** The files of the program, as a tree, with what can be done to them. */
export function FilesPanel() {
  const { files } = useServices()
  const dispatch = useDispatch()
  const project = useAppState((state) => state.project.project)
  const extension = useAppState(defaultExtension)
  const [naming, setNaming] = useState(false)
  const close = () => dispatch({ type: 'files-toggled', open: false })
  return (
    <aside id="files-panel" className="files-panel" aria-label="Files">
      <div className="panel-header">
        <h2>Files</h2>
        <IconButton icon="plus" label="New file" onClick={() => setNaming(true)} />
        <IconButton
          icon="upload"
          label="Upload files or a zip"
          onClick={() => void pickFiles().then((picked) => files.upload(picked))}
        />
        <IconButton icon="download" label="Download all files" onClick={files.downloadAll} />
        <IconButton icon="close" label="Close files" onClick={close} />
      </div>
      {naming && (
        <NameField
          label="Name of the new file"
          initial={freeName(
            `file.${extension}`,
            project.files.map((file) => file.path),
          )}
          onCancel={() => setNaming(false)}
          onSubmit={(name) => {
            const problem = files.create(name)
            if (problem === null) {
              setNaming(false)
            }
            return problem
          }}
        />
      )}
      <FileTree />
      <p className="hint files-hint">Drop files, folders or a zip anywhere. Use / in a name for a folder.</p>
    </aside>
  )
}
