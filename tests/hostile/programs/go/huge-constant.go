// Arithmetic on constants of any length, at compile time.
package main

const a = 1<<500 - 1
const b = a * a * a * a
const c = b << 5000 << 50000 << 500000

func main() { println("LEAK", c > 0) }
