const graph = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }
const queue = [['a']]
const seen = new Set(['a'])
search: while (queue.length > 0) {
  const path = queue.shift()
  for (const next of graph[path.at(-1)]) {
    if (next === 'd') {
      console.log([...path, next].join(' > '))
      break search
    }
    if (!seen.has(next)) {
      seen.add(next)
      queue.push([...path, next])
    }
  }
}
