type Graph = Record<string, Record<string, number>>
function distances(graph: Graph, start: string): Map<string, number> {
  const known = new Map<string, number>([[start, 0]])
  const open = new Set([start])
  while (open.size > 0) {
    const [node] = [...open].sort((a, b) => known.get(a)! - known.get(b)!)
    open.delete(node!)
    for (const [next, cost] of Object.entries(graph[node!] ?? {})) {
      const total = known.get(node!)! + cost
      if (total < (known.get(next) ?? Infinity)) {
        known.set(next, total)
        open.add(next)
      }
    }
  }
  return known
}
console.log([...distances({ a: { b: 1, c: 5 }, b: { c: 1 } }, 'a')])
