class PriorityQueue<T> {
  readonly #heap: { priority: number; value: T }[] = []
  push(value: T, priority: number): void {
    this.#heap.push({ priority, value })
    this.#heap.sort((a, b) => a.priority - b.priority)
  }
  pop(): T | undefined {
    return this.#heap.shift()?.value
  }
}
const queue = new PriorityQueue<string>()
queue.push('b', 2)
queue.push('a', 1)
console.log(queue.pop(), queue.pop(), queue.pop())
