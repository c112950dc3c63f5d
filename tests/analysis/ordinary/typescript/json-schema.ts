type Check = (value: unknown) => boolean
const string: Check = (value) => typeof value === 'string'
const number: Check = (value) => typeof value === 'number' && !Number.isNaN(value)
const object = (shape: Record<string, Check>): Check => (value) =>
  typeof value === 'object' && value !== null &&
  Object.entries(shape).every(([key, check]) => check((value as Record<string, unknown>)[key]))
const person = object({ name: string, age: number })
console.log(person(JSON.parse('{"name":"Ann","age":30}')), person({ name: 3 }))
