// Typed arrays that are touched, page by page.
const keep: Map<number, Uint8Array> = new Map()
for (let count: number = 0; count < 2048; count++) keep.set(count, new Uint8Array(1 << 20).fill(1))
console.log('LEAK 2 GiB of typed arrays')
