import { readFile, writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import util, { inspect } from 'node:util'

const start = performance.now()
await writeFile('/tmp/a.json', JSON.stringify({ a: [1, 2] }))
const data = JSON.parse(await readFile('/tmp/a.json', 'utf8'))
console.log(inspect(data), util.types.isPromise(data), performance.now() >= start)
