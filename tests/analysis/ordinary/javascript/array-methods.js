const people = [
  { name: 'Ann', age: 30 },
  { name: 'Bob', age: 25 },
]
const names = people.filter(({ age }) => age > 26).map(({ name }) => name)
const total = people.reduce((sum, { age }) => sum + age, 0)
const { Ann, ...rest } = Object.fromEntries(people.map(({ name, age }) => [name, age]))
console.log(names, total, Ann, rest, [...'abc'].reverse().join(''))
