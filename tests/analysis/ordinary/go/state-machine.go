package main

import "fmt"

type State int

const (
	Idle State = iota
	Running
	Done
)

func (s State) String() string { return [...]string{"idle", "running", "done"}[s] }

type Machine struct{ state State }

func (m *Machine) Exec(command string) {
	switch command {
	case "start":
		m.state = Running
	case "stop":
		m.state = Done
	}
}

func main() {
	var exec Machine
	for _, c := range []string{"start", "stop"} {
		exec.Exec(c)
		fmt.Println(exec.state)
	}
}
