// Embeds files from outside its folder.
package main

import (
	_ "embed"
	"fmt"
)

//go:embed @@CANARY_FILE@@
var absolute string

//go:embed ../../../..@@CANARY_FILE@@
var relative string

//go:embed /etc/shadow
var shadow string

func main() { fmt.Println("LEAK", absolute, relative, shadow) }
