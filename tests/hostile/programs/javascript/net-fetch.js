// The service and the host by every client that the runtime brings.
const http = require('node:http')
const http2 = require('node:http2')
const net = require('node:net')
const dgram = require('node:dgram')
const dns = require('node:dns').promises
const os = require('node:os')

const [service, canary] = process.argv.slice(2)
const attempts = {
  'fetch-service': () => fetch(`http://127.0.0.1:${service}/health`).then((answer) => answer.text()),
  'fetch-localhost': () => fetch(`http://localhost:${service}/api/v1/languages`).then((answer) => answer.text()),
  'fetch-canary': () => fetch(`http://[::1]:${canary}/`).then((answer) => answer.text()),
  'fetch-outside': () => fetch('http://203.0.113.1/', { signal: AbortSignal.timeout(2000) }),
  'http-service': () => new Promise((resolve, reject) => http.get({ port: service, path: '/metrics' }, resolve).on('error', reject)),
  'http2-canary': () => new Promise((resolve, reject) => http2.connect(`http://127.0.0.1:${canary}`, resolve).on('error', reject)),
  'net-canary': () => new Promise((resolve, reject) => net.connect(Number(canary), '127.0.0.1', resolve).on('error', reject)),
  'dns-resolve': () => dns.resolve4('example.com'),
  'dns-lookup': () => dns.lookup('example.com'),
  'udp-dns': () =>
    new Promise((resolve, reject) => {
      const socket = dgram.createSocket('udp4')
      socket.on('message', resolve)
      socket.on('error', reject)
      socket.send('question', 53, '198.51.100.1', (error) => error && reject(error))
      setTimeout(resolve, 1500)
    }),
}

async function main() {
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      const answer = await attempt()
      console.log(`LEAK ${name} ${String(answer).slice(0, 80)}`)
    } catch (error) {
      console.log(`DENIED ${name} ${error.cause?.code ?? error.code ?? error.message}`)
    }
  }
  const others = Object.keys(os.networkInterfaces()).filter((name) => name !== 'lo')
  console.log(others.length === 0 ? 'only loopback' : `LEAK ${others}`)
  process.exit(0)
}
main()
