// Command builder makes a program out of Go source files with the compiler and the linker alone. It reads packages
// and reports mistakes as the go command does, but leaves out what a single build of files that are all at hand does
// not need: modules from elsewhere, a build cache, cgo. The standard library is compiled beforehand.
//
//	builder build OUTPUT ENTRY   compiles the package that the file ENTRY belongs to, and all it imports
//	builder prepare FOLDER       compiles the standard library into FOLDER; run once, when the image is made
package main

import (
	"errors"
	"fmt"
	"os"
)

// libraryFolder is where the compiled standard library is.
const libraryFolder = "/opt/go-library"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "build":
		return buildProgram(args[1], args[2])
	case len(args) == 2 && args[0] == "prepare":
		return prepare(args[1])
	}
	return errors.New("usage: builder build OUTPUT ENTRY | builder prepare FOLDER")
}

func buildProgram(output, entry string) error {
	library, err := readLibrary(libraryFolder)
	if err != nil {
		return err
	}
	program, err := load(entry, library)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "go-build")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	toolchain := toolchain{library: library, program: program, work: work}
	if err := toolchain.compileAll(); err != nil {
		return err
	}
	return toolchain.link(output)
}
