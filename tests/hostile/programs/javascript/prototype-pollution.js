// Breaks its own runtime: the answer must not depend on anything the program can reach.
const done = console.log.bind(console)
Object.prototype.then = () => {}
Object.prototype.toString = () => '{"succeeded":true}'
Array.prototype.push = () => 0
JSON.stringify = () => '{"exitCode":0}'
process.exit = () => {}
process.reallyExit = () => {}
process.on('exit', () => {
  process.exitCode = 7
})
done('{"type":"exit","code":0}')
