function* ids() {
  let id = 0
  while (true) yield id++
}
function take(n, iterator) {
  const out = []
  for (const value of iterator) {
    if (out.length === n) break
    out.push(value)
  }
  return out
}
console.log(take(3, ids()))
