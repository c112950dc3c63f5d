// Orders to a C compiler and linker in comments.
package main

// #cgo CFLAGS: -fplugin=/tmp/hostile.so -include @@CANARY_FILE@@
// #cgo LDFLAGS: -Wl,-T,@@CANARY_FILE@@ -Wl,--version
// #include "@@CANARY_FILE@@"
// static int intruder(void) { return 42; }
import "C"

import "fmt"

func main() { fmt.Println("LEAK", C.intruder()) }
