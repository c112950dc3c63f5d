// Both streams at once, without waiting for either.
const { writeSync } = require('node:fs')

const piece = `${'both '.repeat(2000)}\n`
for (let count = 0; count < 20_000; count++) {
  for (const fd of [1, 2]) {
    try {
      writeSync(fd, piece)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}
