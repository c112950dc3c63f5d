/** The files of one program, and pure functions that give a changed copy. */
export interface ProjectFile {
  /** Relative, with `/` between folders. */
  readonly path: string
  /** Text, or base64 where the file is not text. */
  readonly content: string
  readonly encoding: 'utf8' | 'base64'
}

export interface Project {
  readonly files: readonly ProjectFile[]
  /** Path of the file the program starts from; always one of `files`. */
  readonly entry: string
}

export function textFile(path: string, content: string): ProjectFile {
  return { path, content, encoding: 'utf8' }
}

export function findFile(project: Project, path: string): ProjectFile | undefined {
  return project.files.find((file) => file.path === path)
}

export function sortedFiles(project: Project): ProjectFile[] {
  return project.files.toSorted((a, b) => a.path.localeCompare(b.path))
}

/** Adds the files, replacing those of the same path. */
export function putFiles(project: Project, files: readonly ProjectFile[]): Project {
  const incoming = new Map(files.map((file) => [file.path, file]))
  const kept = project.files.map((file) => {
    const replacement = incoming.get(file.path)
    incoming.delete(file.path)
    return replacement ?? file
  })
  return { ...project, files: [...kept, ...incoming.values()] }
}

export function writeText(project: Project, path: string, content: string): Project {
  return putFiles(project, [textFile(path, content)])
}

/** True where `path` is `folder` itself or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** Where `path` goes when `from` (a file or a folder) is renamed to `to`. */
export function movedPath(path: string, from: string, to: string): string {
  return isWithin(path, from) ? to + path.slice(from.length) : path
}

export function renamePath(project: Project, from: string, to: string): Project {
  return {
    files: project.files.map((file) => ({ ...file, path: movedPath(file.path, from, to) })),
    entry: movedPath(project.entry, from, to),
  }
}

/** Removes a file or a folder; unchanged when nothing would be left. The entry point moves on if it was removed. */
export function removePath(project: Project, path: string): Project {
  const files = project.files.filter((file) => !isWithin(file.path, path))
  const first = files[0]
  if (!first) {
    return project
  }
  return { files, entry: files.some((file) => file.path === project.entry) ? project.entry : first.path }
}

export function projectSize(project: Project): number {
  let size = 0
  for (const file of project.files) {
    size += file.path.length + file.content.length
  }
  return size
}

export function sameProject(a: Project, b: Project): boolean {
  return (
    a.entry === b.entry &&
    a.files.length === b.files.length &&
    a.files.every((file) => {
      const other = findFile(b, file.path)
      return other?.content === file.content && other.encoding === file.encoding
    })
  )
}
