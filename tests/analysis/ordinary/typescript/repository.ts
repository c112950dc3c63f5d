interface Entity { readonly id: string }
class Repository<T extends Entity> {
  private items = new Map<string, T>()
  save(item: T): void {
    this.items.set(item.id, item)
  }
  rm(id: string): boolean {
    return this.items.delete(id)
  }
  exec(query: (item: T) => boolean): T[] {
    return [...this.items.values()].filter(query)
  }
}
const users = new Repository<Entity & { name: string }>()
users.save({ id: '1', name: 'Ann' })
console.log(users.exec(({ name }) => name === 'Ann').length, users.rm('1'))
