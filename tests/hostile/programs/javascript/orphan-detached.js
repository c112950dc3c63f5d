// Detached children that inherit every stream, in the way documented for daemons.
const { spawn } = require('node:child_process')

for (let count = 0; count < 3; count++) {
  const child = spawn('/bin/bash', ['-c', 'trap "" TERM HUP INT PIPE; sleep 5; echo LEAK; sleep 15'], { detached: true, stdio: 'inherit' })
  child.unref()
}
console.log('parent is done')
