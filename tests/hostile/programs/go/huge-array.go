// Data of a size that no file has.
package main

var table = [1 << 34]byte{1<<34 - 1: 1}

func main() { println("LEAK", len(table)) }
