const machine = {
  idle: { start: 'running' },
  running: { pause: 'idle', stop: 'done' },
  done: {},
} as const
type State = keyof typeof machine
let state: State = 'idle'
for (const action of ['start', 'pause', 'start', 'stop']) {
  state = (machine[state] as Record<string, State>)[action] ?? state
}
console.log(state)
