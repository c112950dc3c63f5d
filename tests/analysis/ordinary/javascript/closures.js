function counter() {
  let count = 0
  return { next: () => ++count, reset: () => (count = 0) }
}
const c = counter()
c.next()
c.next()
console.log(c.next(), c.reset(), c.next())
