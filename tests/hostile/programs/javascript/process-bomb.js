// Child processes until refused; each would live for a while.
const { spawn } = require('node:child_process')

let made = 0
let refused = null

function next() {
  if (refused !== null || made >= 5000) return finish()
  const child = spawn('/bin/sleep', ['20'], { detached: true, stdio: 'ignore' })
  child.once('error', (error) => {
    refused = error.code
    finish()
  })
  child.once('spawn', () => {
    made += 1
    next()
  })
}

function finish() {
  console.log(refused === null ? 'LEAK 5000 processes at once' : `DENIED spawn ${refused} after ${made}`)
  process.exit(0)
}

next()
