// Promises that follow each other without end: no timer ever gets its turn.
setTimeout(() => console.log('LEAK the timer ran'), 100)
process.on('SIGTERM', () => {})
process.on('SIGXCPU', () => {})
function turn() {
  Promise.resolve().then(turn)
}
turn()
