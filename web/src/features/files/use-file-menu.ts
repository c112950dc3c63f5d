import { useAppState, useDispatch, useServices } from '../../app/context.js'
import { findFile } from '../../state/project.js'
import type { AppState } from '../../state/store.js'
import type { MenuItem } from '../../ui/Menu.js'
import { findLanguage } from '../run/execute-body.js'
import type { TreeRow } from './file-tree.js'

/** What can be done to one file or folder. */
export function useFileMenu(rename: (path: string) => void): (row: TreeRow) => readonly MenuItem[] {
  const { files } = useServices()
  const dispatch = useDispatch()
  const project = useAppState((state) => state.project.project)
  return (row) => {
    const file = findFile(project, row.path)
    const ofFile: MenuItem[] = file
      ? [
          {
            label: 'Start the program here',
            icon: 'flag',
            disabled: row.path === project.entry,
            onSelect: () => dispatch({ type: 'entry-chosen', path: row.path }),
          },
          { label: 'Download', icon: 'download', onSelect: () => files.downloadFile(file) },
        ]
      : []
    return [
      ...ofFile,
      { label: 'Rename…', icon: 'pencil', onSelect: () => rename(row.path) },
      { label: 'Delete', icon: 'trash', onSelect: () => files.remove(row.path) },
    ]
  }
}

/** Extension of a new file: that of the program's language. */
export function defaultExtension(state: AppState): string {
  const language = findLanguage(state.service.languages, state.project.language)
  return language?.extensions[0] ?? 'txt'
}
