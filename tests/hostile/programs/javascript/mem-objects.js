// Objects on the engine's heap for ever.
const keep = []
for (let count = 0; count < 40_000_000; count++) keep.push({ count, text: `number ${count}` })
console.log('LEAK forty million objects')
