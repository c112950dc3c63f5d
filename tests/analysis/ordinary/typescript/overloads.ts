function pad(value: string): string
function pad(value: number, width: number): string
function pad(value: string | number, width = 0): string {
  return typeof value === 'number' ? String(value).padStart(width, '0') : value.trim()
}
console.log(pad(' x '), pad(7, 3))
