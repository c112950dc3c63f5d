// Slices on the heap, every page touched.
package main

import "fmt"

var keep [][]byte

func main() {
	for count := 0; count < 4096; count++ {
		block := make([]byte, 1<<20)
		for at := 0; at < len(block); at += 4096 {
			block[at] = 1
		}
		keep = append(keep, block)
	}
	fmt.Println("LEAK 4 GiB of slices")
}
