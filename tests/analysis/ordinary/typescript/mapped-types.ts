type Getters<T> = { [K in keyof T as `get${Capitalize<string & K>}`]: () => T[K] }
interface Point { x: number; y: number }
const getters: Getters<Point> = { getX: () => 1, getY: () => 2 }
type Element<T> = T extends readonly (infer U)[] ? U : never
const first = <T extends readonly unknown[]>(items: T): Element<T> => items[0] as Element<T>
console.log(getters.getX() + getters.getY(), first(['a', 'b'] as const))
