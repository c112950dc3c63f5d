// Memory outside the engine's own heap, so that its own limit does not count.
const keep = []
for (let count = 0; count < 2048; count++) keep.push(Buffer.alloc(1 << 20, count & 255 || 1))
console.log('LEAK 2 GiB of buffers')
