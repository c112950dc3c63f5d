const assert = require('node:assert/strict')
try {
  assert.deepEqual([1, 2], [1, 3])
} catch (error) {
  console.error(error.name)
  process.exitCode = 3
}
process.on('exit', (code) => console.log('leaving with', code))
