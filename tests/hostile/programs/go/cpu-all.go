// As many busy goroutines as the runtime takes, deaf to signals.
package main

import (
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGXCPU)
	runtime.GOMAXPROCS(8)
	deadline := time.Now().Add(20 * time.Second)
	for count := 0; count < 8; count++ {
		go func() {
			for time.Now().Before(deadline) {
			}
		}()
	}
	time.Sleep(20 * time.Second)
}
