type Events = { connect: [id: number]; message: [text: string] }
class Bus {
  private handlers: { [K in keyof Events]?: ((...args: Events[K]) => void)[] } = {}
  on<K extends keyof Events>(name: K, handler: (...args: Events[K]) => void): void {
    ;(this.handlers[name] ??= [] as never).push(handler as never)
  }
  emit<K extends keyof Events>(name: K, ...args: Events[K]): void {
    for (const handler of this.handlers[name] ?? []) handler(...args)
  }
}
const bus = new Bus()
bus.on('connect', (id) => console.log('connected', id))
bus.emit('connect', 3)
