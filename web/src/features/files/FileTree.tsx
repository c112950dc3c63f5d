import { useMemo, useRef, useState, type KeyboardEvent } from 'react'

import { useAppState, useDispatch, useServices } from '../../app/context.js'
import { Icon } from '../../ui/Icon.js'
import { Menu } from '../../ui/Menu.js'
import { treeRows, type TreeRow } from './file-tree.js'
import { NameField } from './NameField.js'
import { useFileMenu } from './use-file-menu.js'

/** A tree for pointer and keys: arrows move, Enter opens, F2 renames, Delete deletes. */
export function FileTree() {
  const { files } = useServices()
  const dispatch = useDispatch()
  const project = useAppState((state) => state.project.project)
  const activePath = useAppState((state) => state.project.activePath)
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [focused, setFocused] = useState(activePath)
  const [renaming, setRenaming] = useState<string | null>(null)
  const tree = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => treeRows(project, closed), [project, closed])
  const menuOf = useFileMenu(setRenaming)
  const stop = rows.some((row) => row.path === focused) ? focused : rows[0]?.path

  const toggle = (path: string, open: boolean) => {
    const next = new Set(closed)
    if (open) {
      next.delete(path)
    } else {
      next.add(path)
    }
    setClosed(next)
  }
  const open = (row: TreeRow) => {
    setFocused(row.path)
    if (row.kind === 'file') {
      dispatch({ type: 'file-opened', path: row.path })
      dispatch({ type: 'phone-view-shown', view: 'code' })
    } else {
      toggle(row.path, closed.has(row.path))
    }
  }
  const focusRow = (row: TreeRow | undefined) => {
    if (row) {
      setFocused(row.path)
      tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus()
    }
  }
  const onKeyDown = (event: KeyboardEvent, row: TreeRow) => {
    const at = rows.indexOf(row)
    const parent = rows.findLast((other) => row.path.startsWith(`${other.path}/`))
    const isOpen = row.kind === 'folder' && !closed.has(row.path)
    const actions: Partial<Record<string, () => void>> = {
      ArrowDown: () => focusRow(rows[at + 1]),
      ArrowUp: () => focusRow(rows[at - 1]),
      Home: () => focusRow(rows[0]),
      End: () => focusRow(rows.at(-1)),
      ArrowRight: () => (row.kind === 'folder' && !isOpen ? toggle(row.path, true) : focusRow(rows[at + 1])),
      ArrowLeft: () => (isOpen ? toggle(row.path, false) : focusRow(parent)),
      Enter: () => open(row),
      ' ': () => open(row),
      F2: () => setRenaming(row.path),
      Delete: () => files.remove(row.path),
    }
    const action = actions[event.key]
    if (action && event.target === event.currentTarget) {
      event.preventDefault()
      action()
    }
  }

  return (
    <div ref={tree} className="tree" role="tree" aria-label="Files of the program">
      {rows.map((row) => (
        <div
          key={row.path}
          role="treeitem"
          className="tree-row"
          data-path={row.path}
          aria-label={row.path === project.entry ? `${row.name} entry` : row.name}
          aria-level={row.level}
          aria-selected={row.path === activePath}
          aria-expanded={row.kind === 'folder' ? !closed.has(row.path) : undefined}
          tabIndex={row.path === stop ? 0 : -1}
          style={{ '--level': row.level } as React.CSSProperties}
          onClick={() => open(row)}
          onFocus={() => setFocused(row.path)}
          onKeyDown={(event) => onKeyDown(event, row)}
        >
          <Icon name={row.kind === 'folder' ? 'files' : 'file'} />
          {renaming === row.path ? (
            <NameField
              label={`New name of ${row.path}`}
              initial={row.path}
              onCancel={() => setRenaming(null)}
              onSubmit={(name) => {
                const problem = files.rename(row.path, name)
                if (problem === null) {
                  setRenaming(null)
                }
                return problem
              }}
            />
          ) : (
            <span className="tree-name">{row.name}</span>
          )}
          {/* The blank keeps the two words apart for screen readers. */}
          {row.path === project.entry && ' '}
          {row.path === project.entry && <span className="entry-mark">entry</span>}
          <Menu
            label={`Actions for ${row.path}`}
            className="tree-menu"
            tabIndex={row.path === stop ? 0 : -1}
            items={menuOf(row)}
          />
        </div>
      ))}
    </div>
  )
}
