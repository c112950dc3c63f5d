// Worker threads, each with a heap and threads of its own, until something gives.
const { Worker } = require('node:worker_threads')

let online = 0
for (let count = 0; count < 300; count++) {
  const worker = new Worker('setTimeout(() => {}, 20000)', { eval: true, resourceLimits: { maxOldGenerationSizeMb: 4, stackSizeMb: 0.3 } })
  worker.on('online', () => {
    online += 1
    if (online === 200) console.log('LEAK 200 workers at once')
  })
  worker.on('error', (error) => {
    console.log(`DENIED worker ${error.code}`)
    process.exit(0)
  })
}
