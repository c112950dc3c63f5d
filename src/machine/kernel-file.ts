/** A small file of the kernel's, opened once: reading it again is one system call. */
import { openSync, readSync } from 'node:fs'

const MOST_BYTES = 16_384
/** Nothing is kept in it between two calls. */
const buffer = Buffer.allocUnsafe(MOST_BYTES)

export class KernelFile {
  readonly #fd: number | undefined

  constructor(path: string) {
    try {
      this.#fd = openSync(path, 'r')
    } catch {
      // Not every group has every file: the one at the root has no limits, for instance.
    }
  }

  /** Empty where there is no such file. */
  text(): string {
    if (this.#fd === undefined) return ''
    try {
      return buffer.toString('latin1', 0, readSync(this.#fd, buffer, 0, MOST_BYTES, 0))
    } catch {
      return ''
    }
  }

  /** Infinity for `max`, for -1, and where there is no such file. */
  number(): number {
    return numberOf(this.text())
  }
}

export function numberOf(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.POSITIVE_INFINITY
}
