const { Worker, isMainThread, parentPort } = require('node:worker_threads')
if (isMainThread) {
  const worker = new Worker(__filename)
  worker.on('message', (message) => {
    console.log(message)
    worker.terminate()
  })
  worker.postMessage(20)
} else {
  const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2))
  parentPort.on('message', (n) => parentPort.postMessage(fib(n)))
}
