const memoize = (fn) => {
  const cache = new Map()
  return (n) => {
    if (!cache.has(n)) cache.set(n, fn(n))
    return cache.get(n)
  }
}
const fib = memoize((n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)))
console.log(fib(50))
