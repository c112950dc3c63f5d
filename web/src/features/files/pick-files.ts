import type { UploadedFile } from './file-actions.js'

/** Opens the browser's file dialog; an empty list when it was left without a choice. */
export function pickFiles(): Promise<UploadedFile[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.addEventListener('change', () =>
      resolve([...(input.files ?? [])].map((file) => ({ path: file.name, file }))),
    )
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

/** Everything that was dropped, folders with what is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<UploadedFile[]> {
  // The list is emptied when the event ends: entries are taken before anything is awaited.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  if (entries.length === 0) {
    return [...transfer.files].map((file) => ({ path: file.name, file }))
  }
  const found = await Promise.all(entries.map(filesBelow))
  return found.flat()
}

async function filesBelow(entry: FileSystemEntry): Promise<UploadedFile[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ path, file }]
  }
  if (!(entry instanceof FileSystemDirectoryEntry)) {
    return []
  }
  const reader = entry.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    // A reader gives at most a hundred entries at a time.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (batch.length === 0) {
      break
    }
    children.push(...batch)
  }
  const below = await Promise.all(children.map(filesBelow))
  return below.flat()
}
