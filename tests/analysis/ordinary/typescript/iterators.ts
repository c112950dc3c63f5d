function* zip<A, B>(left: Iterable<A>, right: Iterable<B>): Generator<[A, B]> {
  const a = left[Symbol.iterator]()
  const b = right[Symbol.iterator]()
  while (true) {
    const x = a.next()
    const y = b.next()
    if (x.done || y.done) return
    yield [x.value, y.value]
  }
}
for (const [letter, number] of zip('abc', [1, 2])) console.log(letter, number)
