package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case <-stop:
		fmt.Println("stopped")
	case <-time.After(time.Millisecond):
		fmt.Println("done", os.Getpid() > 0)
	}
}
