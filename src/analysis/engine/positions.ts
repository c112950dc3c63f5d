/** Where an offset is, counted as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * Lines and columns from 1, columns in UTF-16 code units. Lines end at \n, \r\n or a lone \r, as in editors, which is
 * why the parser's own rows are not used: it knows \n only.
 */
export function positionsOf(source: string): (offset: number) => Position {
  const lineStarts = [0]
  for (const match of source.matchAll(/\r\n|\n|\r/g)) lineStarts.push(match.index + match[0].length)

  return (offset) => {
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
  }
}
