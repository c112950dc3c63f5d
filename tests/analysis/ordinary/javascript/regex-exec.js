const log = 'GET /a 200\nPOST /b 404\n'
const line = /^(\w+) (\S+) (\d+)$/gm
let match
while ((match = line.exec(log)) !== null) {
  const [, method, path, status] = match
  console.log(method, path, Number(status) >= 400 ? 'failed' : 'ok')
}
console.log(/b(c)/.exec('abc')[1], log.match(/\d+/g).length)
