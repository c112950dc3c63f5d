const { EventEmitter } = require('node:events')
class Store extends EventEmitter {
  #items = new Map()
  set(key, value) {
    this.#items.set(key, value)
    this.emit('change', key)
    return this
  }
  delete(key) {
    const had = this.#items.delete(key)
    if (had) this.emit('remove', key)
    return had
  }
  get(key) {
    return this.#items.get(key)
  }
}
const store = new Store()
store.on('change', (key) => console.log('changed', key))
store.once('remove', (key) => console.log('removed', key))
store.set('a', 1).delete('a')
console.log(store.get('a'))
