import { sortedFiles, type Project } from '../../state/project.js'

/** One row of the tree; folders come from the names of the files below them. */
export interface TreeRow {
  readonly path: string
  readonly name: string
  readonly kind: 'folder' | 'file'
  /** 1 at the top. */
  readonly level: number
}

/** Visible rows, folders before files, without what is below a closed folder. */
export function treeRows(project: Project, closed: ReadonlySet<string>): TreeRow[] {
  return rowsBelow(
    sortedFiles(project).map((file) => file.path),
    '',
    1,
    closed,
  )
}

function rowsBelow(
  paths: readonly string[],
  prefix: string,
  level: number,
  closed: ReadonlySet<string>,
): TreeRow[] {
  const folders = new Map<string, string[]>()
  const files: TreeRow[] = []
  for (const path of paths) {
    const rest = path.slice(prefix.length)
    const slash = rest.indexOf('/')
    if (slash === -1) {
      files.push({ path, name: rest, kind: 'file', level })
    } else {
      const folder = prefix + rest.slice(0, slash)
      folders.set(folder, [...(folders.get(folder) ?? []), path])
    }
  }
  const rows: TreeRow[] = []
  for (const [folder, below] of folders) {
    rows.push({ path: folder, name: folder.slice(prefix.length), kind: 'folder', level })
    if (!closed.has(folder)) {
      rows.push(...rowsBelow(below, `${folder}/`, level + 1, closed))
    }
  }
  return [...rows, ...files]
}
