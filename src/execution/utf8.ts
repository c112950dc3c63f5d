/**
 * Length of the unfinished character at the end of `bytes[start, end)`: 0 when the last character is whole or the
 * last bytes could never become one. Byte ranges are those of well-formed UTF-8, so that `E0 80` counts as invalid.
 */
export function unfinishedTailLength(bytes: Uint8Array, start: number, end: number): number {
  const earliest = Math.max(start, end - 3)
  for (let index = end - 1; index >= earliest; index--) {
    const byte = bytes[index] ?? 0
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const have = end - index
    if (have >= sequenceLength(byte)) return 0
    return have === 1 || canFollow(byte, bytes[index + 1] ?? 0) ? have : 0
  }
  return 0
}

/** Bytes in the character that this lead byte begins; 1 for a byte that begins none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  if (lead >= 0xf0 && lead <= 0xf4) return 4
  return 1
}

function canFollow(lead: number, second: number): boolean {
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  return second >= lowest && second <= highest
}
