package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// library is the compiled standard library.
type library struct {
	// folder holds the tools beside the packages.
	folder string
	// goRoot is where the sources of the library were; messages name it.
	goRoot string
	// version of Go, such as go1.24.4.
	version string
	// packages by import path, those that only the library itself may import included.
	packages map[string]bool
	// importConfig is the text that tells compiler and linker where each package is.
	importConfig string
}

const (
	configFile  = "importcfg"
	versionFile = "version"
	rootFile    = "root"
)

func readLibrary(folder string) (*library, error) {
	config, err := os.ReadFile(filepath.Join(folder, configFile))
	if err != nil {
		return nil, err
	}
	version, err := os.ReadFile(filepath.Join(folder, versionFile))
	if err != nil {
		return nil, err
	}
	root, err := os.ReadFile(filepath.Join(folder, rootFile))
	if err != nil {
		return nil, err
	}
	packages := make(map[string]bool)
	for line := range strings.Lines(string(config)) {
		path, _, _ := strings.Cut(strings.TrimPrefix(line, "packagefile "), "=")
		packages[path] = true
	}
	return &library{folder, string(root), string(version), packages, string(config)}, nil
}

// prepare compiles every package of the standard library and keeps the archives and the tools that use them.
func prepare(folder string) error {
	// Debugging information would only be read to be left out of the program.
	listed, err := output("go", "list", "-export", "-gcflags=all=-dwarf=false", "-f", "{{.ImportPath}} {{.Export}}", "std")
	if err != nil {
		return err
	}
	var config bytes.Buffer
	for line := range strings.Lines(listed) {
		path, archive, _ := strings.Cut(strings.TrimSpace(line), " ")
		// Package unsafe is part of the compiler.
		if archive == "" {
			continue
		}
		kept := filepath.Join(folder, filepath.FromSlash(path)+".a")
		if err := copyFile(kept, archive); err != nil {
			return err
		}
		fmt.Fprintf(&config, "packagefile %s=%s\n", path, kept)
	}
	version, err := output("go", "env", "GOVERSION")
	if err != nil {
		return err
	}
	root, err := output("go", "env", "GOROOT")
	if err != nil {
		return err
	}
	tools, err := output("go", "env", "GOTOOLDIR")
	if err != nil {
		return err
	}
	for _, name := range []string{"compile", "link"} {
		if err := copyFile(filepath.Join(folder, "tools", name), filepath.Join(strings.TrimSpace(tools), name)); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		configFile:  config.String(),
		versionFile: strings.TrimSpace(version),
		rootFile:    strings.TrimSpace(root),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func output(name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	out, err := command.Output()
	return string(out), err
}

func copyFile(to, from string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}
