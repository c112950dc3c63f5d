class Node {
  constructor(value, next = null) {
    this.value = value
    this.next = next
  }
}
class List {
  head = null
  unlink(value) {
    if (this.head?.value === value) this.head = this.head.next
    for (let node = this.head; node; node = node.next) {
      if (node.next?.value === value) node.next = node.next.next
    }
    return this
  }
  push(value) {
    this.head = new Node(value, this.head)
    return this
  }
  *[Symbol.iterator]() {
    for (let node = this.head; node; node = node.next) yield node.value
  }
}
console.log([...new List().push(1).push(2).push(3).unlink(2)])
