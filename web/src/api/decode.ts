/**
 * Small guards for what comes over the wire. A decoder returns a value of its type or throws DecodeError naming the
 * field, so that a server that answers something else is noticed at the border and not three components later.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

export type Decoder<T> = (value: unknown, path: string) => T
export type Decoded<D> = D extends Decoder<infer T> ? T : never

export const string: Decoder<string> = (value, path) =>
  typeof value === 'string' ? value : fail(path, 'a string')

export const number: Decoder<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail(path, 'a number')

export const boolean: Decoder<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : fail(path, 'true or false')

export function oneOf<const T extends string>(...words: readonly T[]): Decoder<T> {
  return (value, path) => words.find((word) => word === value) ?? fail(path, words.join(' | '))
}

export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null || value === undefined ? null : decode(value, path))
}

/** Absent or null becomes `fallback`; a value of the wrong type is still an error. */
export function orElse<T>(decode: Decoder<T>, fallback: T): Decoder<T> {
  return (value, path) => (value === null || value === undefined ? fallback : decode(value, path))
}

export function array<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((item, index) => decode(item, `${path}[${index}]`))
      : fail(path, 'a list')
}

export function object<S extends Record<string, Decoder<unknown>>>(
  shape: S,
): Decoder<{ [K in keyof S]: Decoded<S[K]> }> {
  return (value, path) => {
    const source = asObject(value, path)
    const entries = Object.entries(shape).map(([key, decode]) => [key, decode(source[key], `${path}.${key}`)])
    return Object.fromEntries(entries) as { [K in keyof S]: Decoded<S[K]> }
  }
}

export function asObject(value: unknown, path: string): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail(path, 'an object')
}

function fail(path: string, expected: string): never {
  throw new DecodeError(`The server's answer is not understood: ${path} should be ${expected}.`)
}
