// Output queued in memory faster than anybody reads it.
const piece = 'q'.repeat(65536)
for (let count = 0; count < 16_384; count++) process.stdout.write(piece)
