package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// toolchain runs the compiler and the linker for one program.
type toolchain struct {
	library *library
	program *program
	// work holds intermediate files.
	work string
}

// compileAll compiles every package, those that do not need each other side by side.
func (t *toolchain) compileAll() error {
	done := make(map[*sourcePackage]chan struct{})
	failures := make([]error, len(t.program.packages))
	for _, pkg := range t.program.packages {
		done[pkg] = make(chan struct{})
	}
	var mutex sync.Mutex
	failed := make(map[*sourcePackage]bool)
	slots := make(chan struct{}, runtime.NumCPU())
	for index, pkg := range t.program.packages {
		go func() {
			defer close(done[pkg])
			isBlocked := false
			for _, imported := range pkg.imports {
				<-done[imported]
				mutex.Lock()
				isBlocked = isBlocked || failed[imported]
				mutex.Unlock()
			}
			if !isBlocked {
				slots <- struct{}{}
				failures[index] = t.compile(index)
				<-slots
			}
			mutex.Lock()
			failed[pkg] = isBlocked || failures[index] != nil
			mutex.Unlock()
		}()
	}
	for _, pkg := range t.program.packages {
		<-done[pkg]
	}
	return errors.Join(failures...)
}

func (t *toolchain) archive(index int) string {
	return filepath.Join(t.work, fmt.Sprintf("%d.a", index))
}

func (t *toolchain) compile(index int) error {
	pkg := t.program.packages[index]
	config := filepath.Join(t.work, fmt.Sprintf("%d.importcfg", index))
	if err := os.WriteFile(config, []byte(t.importConfig(index)), 0o644); err != nil {
		return err
	}
	linkPath := pkg.path
	if pkg == t.program.main() {
		linkPath = "main"
	}
	args := []string{
		"-o", t.archive(index), "-p", linkPath, "-lang=" + version.Lang(t.program.module.language), "-complete",
		"-goversion", t.library.version, "-nolocalimports", "-dwarf=false", "-importcfg", config, "-pack",
		fmt.Sprintf("-c=%d", runtime.NumCPU()),
	}
	if len(pkg.EmbedPatterns) > 0 {
		embedded := filepath.Join(t.work, fmt.Sprintf("%d.embedcfg", index))
		found, err := resolveEmbeds(pkg)
		if err != nil {
			return err
		}
		text, err := json.Marshal(found)
		if err != nil {
			return err
		}
		if err := os.WriteFile(embedded, text, 0o644); err != nil {
			return err
		}
		args = append(args, "-embedcfg", embedded)
	}
	for _, name := range pkg.GoFiles {
		args = append(args, sourceName(pkg.Dir, name))
	}
	return t.run(pkg, "compile", args)
}

// sourceName is how messages name a file: relative to the current folder, with ./ where it is in that folder itself.
func sourceName(folder, name string) string {
	short := shortPath(filepath.Join(folder, name))
	if strings.Contains(short, "/") {
		return short
	}
	return "./" + short
}

// importConfig tells where the packages are that are compiled before this one.
func (t *toolchain) importConfig(before int) string {
	var text strings.Builder
	text.WriteString(t.library.importConfig)
	for index, pkg := range t.program.packages[:before] {
		fmt.Fprintf(&text, "packagefile %s=%s\n", pkg.path, t.archive(index))
	}
	return text.String()
}

func (t *toolchain) link(output string) error {
	last := len(t.program.packages) - 1
	config := filepath.Join(t.work, "link.importcfg")
	if err := os.WriteFile(config, []byte(t.importConfig(last)), 0o644); err != nil {
		return err
	}
	args := []string{"-o", output, "-importcfg", config, "-buildmode=exe", "-s", "-w"}
	if settings := debugSettings(t.program.main()); settings != "" {
		args = append(args, "-X=runtime.godebugDefault="+settings)
	}
	return t.run(t.program.main(), "link", append(args, t.archive(last)))
}

// debugSettings collects the //go:debug lines of the main package.
func debugSettings(pkg *sourcePackage) string {
	var settings []string
	for _, directive := range pkg.Directives {
		if setting, ok := strings.CutPrefix(directive.Text, "//go:debug "); ok {
			settings = append(settings, strings.TrimSpace(setting))
		}
	}
	return strings.Join(settings, ",")
}

// run starts a tool; what it says is printed below the package's name, as the go command does.
func (t *toolchain) run(pkg *sourcePackage, tool string, args []string) error {
	command := exec.Command(filepath.Join(t.library.folder, "tools", tool), args...)
	// Without a home the tools keep no statistics about themselves.
	command.Env = []string{"TMPDIR=" + t.work}
	var said bytes.Buffer
	command.Stdout = &said
	command.Stderr = &said
	err := command.Run()
	words := strings.TrimRight(said.String(), "\n")
	if err != nil && words == "" {
		words = fmt.Sprintf("%s: %v", tool, err)
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("# %s\n%s", pkg.path, words)
}
