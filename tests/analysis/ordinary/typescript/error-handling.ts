class NotFound extends Error {
  constructor(readonly what: string, options?: ErrorOptions) {
    super(`${what} was not found`, options)
    this.name = 'NotFound'
  }
}
function find(name: string): number {
  try {
    if (name === 'b') throw new RangeError('out')
    return name.length
  } catch (cause) {
    throw new NotFound(name, { cause })
  }
}
try {
  find('b')
} catch (error) {
  if (error instanceof NotFound && error.cause instanceof RangeError) console.log(error.message)
}
