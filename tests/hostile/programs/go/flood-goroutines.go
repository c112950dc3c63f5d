// Many writers at once to both streams.
package main

import (
	"bytes"
	"os"
	"sync"
)

func main() {
	piece := bytes.Repeat([]byte("go"), 50_000)
	var group sync.WaitGroup
	for count := 0; count < 16; count++ {
		group.Add(1)
		go func(file *os.File) {
			defer group.Done()
			for written := 0; written < 200; written++ {
				if _, err := file.Write(piece); err != nil {
					return
				}
			}
		}([]*os.File{os.Stdout, os.Stderr}[count%2])
	}
	group.Wait()
}
