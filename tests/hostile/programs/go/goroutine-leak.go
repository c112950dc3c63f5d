// A million goroutines that wait for each other: their stacks are memory, too.
package main

import (
	"fmt"
	"runtime"
)

func wait(done chan struct{}) {
	var stack [4096]byte
	<-done
	runtime.KeepAlive(&stack)
}

func main() {
	done := make(chan struct{})
	for count := 0; count < 1_000_000; count++ {
		go wait(done)
	}
	fmt.Println("LEAK a million goroutines")
}
