// Reads its input to the end, and then some.
const fs = require('node:fs')

let bytes = 0
const block = Buffer.alloc(65536)
for (let reads = 0; reads < 100; reads++) bytes += fs.readSync(0, block)
console.log(`input ended after ${bytes}`)
