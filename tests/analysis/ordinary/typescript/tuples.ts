const point: readonly [x: number, y: number] = [3, 4]
const [x, y] = point
const distance = Math.hypot(x, y)
const table = { a: 1, b: 2 } as const satisfies Record<string, number>
type Key = keyof typeof table
const keys = Object.keys(table) as Key[]
console.log(distance, keys.map((key) => table[key]))
