// Starts itself again from itself, each start twice.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

func main() {
	depth := 0
	if len(os.Args) > 1 {
		depth, _ = strconv.Atoi(os.Args[1])
	}
	for count := 0; count < 2 && depth < 12; count++ {
		command := exec.Command("/proc/self/exe", strconv.Itoa(depth+1))
		command.Stdout = os.Stdout
		command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := command.Start(); errors.Is(err, syscall.EAGAIN) {
			fmt.Println("DENIED start EAGAIN")
		}
	}
	time.Sleep(500 * time.Millisecond)
	if depth > 0 {
		time.Sleep(15 * time.Second)
	}
}
