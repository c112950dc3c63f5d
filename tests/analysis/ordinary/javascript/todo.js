const todos = []
const commands = {
  add: (text) => todos.push({ text, done: false }),
  rm: (index) => todos.splice(index, 1),
  done: (index) => (todos[index].done = true),
}
for (const [name, argument] of [['add', 'milk'], ['add', 'bread'], ['done', 0], ['rm', 1]]) {
  commands[name](argument)
}
console.log(JSON.stringify(todos))
