/** Lets the browser save bytes or text under this name. */
export function download(name: string, content: BlobPart): void {
  const address = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the blob when the click returns; some only in their next task.
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}
