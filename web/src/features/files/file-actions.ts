/** What people do to the files of a program; everything that takes something away can be undone. */
import { putFiles, projectSize, removePath, type Project, type ProjectFile } from '../../state/project.js'
import type { Store } from '../../state/store.js'
import { ArchiveError, MAX_FILES, MAX_TOTAL_BYTES, packZip, unpackZip, type Unpacked } from './archive.js'
import { download } from './download.js'
import { fileFromBytes, fileToBytes } from './file-content.js'
import { baseName, fileNameProblem, newPathProblem } from './file-names.js'

export interface FileActions {
  /** Returns what is wrong with the name, or null when the file is there and open. */
  readonly create: (path: string) => string | null
  readonly rename: (from: string, to: string) => string | null
  readonly remove: (path: string) => void
  /** Adds files, unpacking zip files. */
  readonly upload: (files: readonly UploadedFile[]) => Promise<void>
  readonly downloadAll: () => void
  readonly downloadFile: (file: ProjectFile) => void
}

/** A file with its path below the folder that was dropped. */
export interface UploadedFile {
  readonly path: string
  readonly file: File
}

export function createFileActions(store: Store): FileActions {
  const project = () => store.getState().project.project
  const paths = () => project().files.map((file) => file.path)
  const warn = (text: string) => store.dispatch({ type: 'notice-shown', tone: 'warning', text })

  function put(files: readonly ProjectFile[], skipped: readonly string[]): void {
    const before = project()
    const taken = new Set(paths())
    const replaced = files.filter((file) => taken.has(file.path)).length
    const clash = files.find(
      (file) =>
        !taken.has(file.path) &&
        newPathProblem(
          file.path,
          [...taken].filter((path) => path !== file.path),
        ),
    )
    const after = clash ? before : putFiles(before, files)
    if (clash) {
      warn(newPathProblem(clash.path, paths()) ?? '')
      return
    }
    if (after.files.length > MAX_FILES || projectSize(after) > MAX_TOTAL_BYTES) {
      warn(`A program can have ${MAX_FILES} files and ${MAX_TOTAL_BYTES >> 20} MB; nothing was added.`)
      return
    }
    store.dispatch({ type: 'files-put', files })
    if (files[0]) {
      store.dispatch({ type: 'file-opened', path: files[0].path })
    }
    store.dispatch({ type: 'files-toggled', open: after.files.length > 1 })
    store.dispatch({ type: 'notice-shown', text: addedText(files.length, replaced, skipped), undo: before })
  }

  return {
    create: (path) => {
      const problem = newPathProblem(path, paths())
      if (problem === null) {
        store.dispatch({ type: 'files-put', files: [{ path, content: '', encoding: 'utf8' }] })
        store.dispatch({ type: 'file-opened', path })
      }
      return problem
    },
    rename: (from, to) => {
      if (from === to) {
        return null
      }
      const others = paths().filter((path) => path !== from && !path.startsWith(`${from}/`))
      const problem = newPathProblem(to, others)
      if (problem === null) {
        store.dispatch({ type: 'path-renamed', from, to })
      }
      return problem
    },
    remove: (path) => {
      const before = project()
      if (removePath(before, path) === before) {
        warn('A program needs at least one file.')
        return
      }
      store.dispatch({ type: 'path-removed', path })
      store.dispatch({ type: 'notice-shown', text: `Deleted ${path}.`, undo: before })
    },
    upload: async (uploaded) => {
      const total = uploaded.reduce((sum, { file }) => sum + file.size, 0)
      if (uploaded.length > MAX_FILES || total > MAX_TOTAL_BYTES) {
        warn(`At most ${MAX_FILES} files and ${MAX_TOTAL_BYTES >> 20} MB can be added; nothing was added.`)
        return
      }
      try {
        const { files, skipped } = await readAll(uploaded)
        if (files.length > 0) {
          put(files, skipped)
        } else {
          warn(skipped[0] ?? 'There was no file in this.')
        }
      } catch (error) {
        warn(error instanceof ArchiveError ? error.message : 'The browser could not read this file.')
      }
    },
    downloadAll: () => {
      const current = project()
      const [only, ...others] = current.files
      if (only && others.length === 0) {
        download(baseName(only.path), fileToBytes(only))
      } else {
        download(`${programName(current)}.zip`, packZip(current))
      }
    },
    downloadFile: (file) => download(baseName(file.path), fileToBytes(file)),
  }
}

async function readAll(uploaded: readonly UploadedFile[]): Promise<Unpacked> {
  const files: ProjectFile[] = []
  const skipped: string[] = []
  for (const { path, file } of uploaded) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (/\.zip$/i.test(path)) {
      const unpacked = unpackZip(bytes)
      files.push(...unpacked.files)
      skipped.push(...unpacked.skipped)
    } else {
      const problem = fileNameProblem(path)
      if (problem === null) {
        files.push(fileFromBytes(path, bytes))
      } else {
        skipped.push(`${path}: ${problem}`)
      }
    }
  }
  return { files, skipped }
}

function addedText(added: number, replaced: number, skipped: readonly string[]): string {
  const parts = [`Added ${added} ${added === 1 ? 'file' : 'files'}`]
  if (replaced > 0) {
    parts.push(`${replaced} of them replaced one of the same name`)
  }
  if (skipped.length > 0) {
    parts.push(`left out ${skipped.length} (${skipped[0]})`)
  }
  return `${parts.join('; ')}.`
}

function programName(project: Project): string {
  return baseName(project.entry).replace(/\.[^.]*$/, '') || 'program'
}
