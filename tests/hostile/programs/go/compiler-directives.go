// Directives: a generator that must not run, a position in a host file, a link to the runtime's inside.
package main

import (
	"fmt"
	_ "unsafe"
)

//go:generate sh -c "echo LEAK > /out/generated"
//go:linkname setenv syscall.runtimeSetenv
//go:cgo_import_dynamic intruder intruder "/tmp/hostile.so"

//line @@CANARY_FILE@@:1
func main() {
	fmt.Println(undeclared)
}
