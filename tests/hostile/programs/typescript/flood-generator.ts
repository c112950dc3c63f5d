// Endless output from an endless generator.
import { writeSync } from 'node:fs'

function* pieces(): Generator<string> {
  for (let count = 0; count < 1_000_000; count++) yield `line ${count} ${'t'.repeat(500)}\n`
}
for (const piece of pieces()) writeSync(1, piece)
