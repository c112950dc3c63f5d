// A child in a session of its own with the parent's streams.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	command := exec.Command("/proc/self/exe")
	command.Env = []string{"STAGE=daemon"}
	if os.Getenv("STAGE") == "daemon" {
		command = exec.Command("/bin/bash", "-c", "trap '' TERM HUP; sleep 5; echo LEAK; sleep 15")
	}
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		fmt.Println("could not start", err)
		os.Exit(1)
	}
	if os.Getenv("STAGE") == "" {
		fmt.Println("parent is done")
	}
}
