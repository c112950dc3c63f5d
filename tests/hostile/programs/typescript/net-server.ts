// Listens on every address: nobody from outside may get in.
import { createServer } from 'node:net'

const port: number = Number(process.argv[2])
const server = createServer((socket) => {
  console.log('LEAK somebody came in')
  socket.end('LEAK-INSIDE\n')
})
server.on('error', (error: NodeJS.ErrnoException) => console.log(`error ${error.code}`))
server.listen(port, '::', () => console.log('listening'))
setTimeout(() => process.exit(0), Number(process.argv[3]))
