// Forbidden calls through the runtime's own interface, and children with attributes that need them.
package main

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
)

func report(name string, err error) {
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.ENOSYS):
		fmt.Println("DENIED", name, err)
	default:
		fmt.Println("LEAK", name, err)
	}
}

func run(attributes *syscall.SysProcAttr) error {
	command := exec.Command("/bin/true")
	command.SysProcAttr = attributes
	return command.Run()
}

func main() {
	report("unshare", syscall.Unshare(syscall.CLONE_NEWUSER))
	report("mount", syscall.Mount("none", "/tmp", "tmpfs", 0, ""))
	report("chroot", syscall.Chroot("/tmp"))
	report("pivot", syscall.PivotRoot("/tmp", "/tmp"))
	report("acct", syscall.Acct("/tmp/absent"))
	report("sethostname", syscall.Setdomainname([]byte("(none)")))
	report("child-user", run(&syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}))
	report("child-net", run(&syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER}))
	report("child-pid", run(&syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}))
	report("child-root", run(&syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 0}}))
	report("child-chroot", run(&syscall.SysProcAttr{Chroot: "/tmp"}))
	report("child-ptrace", run(&syscall.SysProcAttr{Ptrace: true}))
}
