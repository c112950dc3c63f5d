class Cache<K extends object, V> {
  readonly #entries = new WeakMap<K, V>()
  fetch(key: K, make: (key: K) => V): V {
    let value = this.#entries.get(key)
    if (value === undefined) this.#entries.set(key, (value = make(key)))
    return value
  }
}
const cache = new Cache<number[], number>()
const key = [1, 2, 3]
console.log(cache.fetch(key, (xs) => xs.reduce((a, b) => a + b)), cache.fetch(key, () => 0))
