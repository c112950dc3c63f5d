import { useEffect, useRef, useState } from 'react'

import { useAppState, useDispatch, useServices } from '../../app/context.js'
import { Icon } from '../../ui/Icon.js'
import { IconButton } from '../../ui/IconButton.js'
import { Menu } from '../../ui/Menu.js'
import { baseName, freeName } from './file-names.js'
import { NameField } from './NameField.js'
import { pickFiles } from './pick-files.js'
import { defaultExtension } from './use-file-menu.js'

/** The open files; the middle button or Delete closes one, a double press renames it. */
export function FileTabs() {
  const { files, programs, history } = useServices()
  const dispatch = useDispatch()
  const project = useAppState((state) => state.project.project)
  const openPaths = useAppState((state) => state.project.openPaths)
  const activePath = useAppState((state) => state.project.activePath)
  const extension = useAppState(defaultExtension)
  const [naming, setNaming] = useState<'new' | 'rename' | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const several = openPaths.length > 1

  useEffect(() => {
    list.current?.querySelector('[data-active=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    // Another active file is the reason, though only its element is used.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [activePath])

  const close = (path: string) => dispatch({ type: 'file-closed', path })
  const taken = project.files.map((file) => file.path)
  const submit = (name: string) => {
    const problem = naming === 'rename' ? files.rename(activePath, name) : files.create(name)
    if (problem === null) {
      setNaming(null)
    }
    return problem
  }

  return (
    <div className="tab-row">
      <nav ref={list} className="tabs file-tabs" aria-label="Open files">
        {openPaths.map((path) => (
          <span key={path} className="file-tab" data-active={path === activePath}>
            <button
              type="button"
              className="tab"
              aria-current={path === activePath}
              title={path}
              onClick={() => dispatch({ type: 'file-opened', path })}
              onDoubleClick={() => setNaming('rename')}
              onAuxClick={() => close(path)}
              onKeyDown={(event) => {
                if (event.key === 'Delete') {
                  close(path)
                } else if (event.key === 'F2') {
                  setNaming('rename')
                }
              }}
            >
              {labelOf(path, openPaths)}
              {path === project.entry && taken.length > 1 && (
                <span className="entry-dot" title="The program starts here">
                  <Icon name="play" />
                  <span className="visually-hidden"> (entry point)</span>
                </span>
              )}
            </button>
            {several && (
              <IconButton
                icon="close"
                label={`Close ${path}`}
                className="tab-close"
                onClick={() => close(path)}
              />
            )}
          </span>
        ))}
      </nav>
      {naming === null ? (
        <IconButton icon="plus" label="New file" onClick={() => setNaming('new')} />
      ) : (
        <NameField
          label={naming === 'new' ? 'Name of the new file' : `New name of ${activePath}`}
          initial={naming === 'new' ? freeName(`file.${extension}`, taken) : activePath}
          onCancel={() => setNaming(null)}
          onSubmit={submit}
        />
      )}
      <span className="spacer" />
      <Menu
        label="Program"
        items={[
          {
            label: 'Upload files or a zip…',
            icon: 'upload',
            onSelect: () => void pickFiles().then((picked) => files.upload(picked)),
          },
          {
            label: taken.length > 1 ? 'Download as a zip' : 'Download',
            icon: 'download',
            onSelect: files.downloadAll,
          },
          { label: 'Rename this file…', icon: 'pencil', onSelect: () => setNaming('rename') },
          {
            label: 'Start again from the sample',
            icon: 'undo',
            onSelect: () => {
              history.putAside('Before starting again from the sample')
              programs.openSample()
            },
          },
        ]}
      />
    </div>
  )
}

/** The base name, with its folder where another open file has the same. */
function labelOf(path: string, openPaths: readonly string[]): string {
  const alike = openPaths.filter((other) => baseName(other) === baseName(path))
  return alike.length > 1 ? path : baseName(path)
}
