// Goroutines that keep their threads: each needs one of its own.
package main

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

func main() {
	for count := 0; count < 500; count++ {
		go func() {
			runtime.LockOSThread()
			wait := syscall.NsecToTimespec(int64(20 * time.Second))
			syscall.Nanosleep(&wait, nil)
		}()
	}
	time.Sleep(3 * time.Second)
	fmt.Println("LEAK 500 threads at once")
}
