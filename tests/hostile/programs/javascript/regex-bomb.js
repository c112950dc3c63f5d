// Catastrophic backtracking.
console.log(/^(a|a|aa)+$/.test(`${'a'.repeat(60)}b`))
