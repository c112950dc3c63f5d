interface Cat { meow(): string }
interface Dog { bark(): string }
const isCat = (pet: Cat | Dog): pet is Cat => 'meow' in pet
function assertString(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError('not a string')
}
const pet: Cat | Dog = { bark: () => 'woof' }
console.log(isCat(pet) ? pet.meow() : pet.bark())
const x: unknown = 'text'
assertString(x)
console.log(x.length)
