package main

import (
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"strings"
)

// module is what the nearest go.mod says.
type module struct {
	// folder is where go.mod is.
	folder string
	path   string
	// language is the version of Go the sources are written for, such as go1.24.
	language string
	// replaced maps module paths to folders beside the sources.
	replaced map[string]string
}

// findModule reads the go.mod that holds for a folder: its own or the nearest one above.
func findModule(folder, toolVersion string) (*module, error) {
	for above := folder; ; above = filepath.Dir(above) {
		text, err := os.ReadFile(filepath.Join(above, "go.mod"))
		if err == nil {
			return parseModule(above, string(text), toolVersion)
		}
		if !os.IsNotExist(err) {
			return nil, err
		}
		if above == filepath.Dir(above) {
			return nil, fmt.Errorf("go: go.mod file not found in current directory or any parent directory")
		}
	}
}

func parseModule(folder, text, toolVersion string) (*module, error) {
	found := &module{folder: folder, language: version.Lang(toolVersion), replaced: make(map[string]string)}
	block := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == ")":
			block = ""
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		case block != "":
			found.directive(block, words)
		default:
			found.directive(words[0], words[1:])
		}
	}
	if found.path == "" {
		return nil, fmt.Errorf("go: error reading go.mod: missing module declaration. To specify the module path:\n" +
			"\tgo mod edit -module=example.com/mod")
	}
	if version.Compare(found.language, toolVersion) > 0 {
		return nil, fmt.Errorf("go: go.mod requires go >= %s (running go %s; GOTOOLCHAIN=local)",
			strings.TrimPrefix(found.language, "go"), strings.TrimPrefix(toolVersion, "go"))
	}
	return found, nil
}

// directive takes one directive; those about modules from elsewhere do not matter, for there is no network.
func (m *module) directive(verb string, words []string) {
	switch {
	case verb == "module" && len(words) == 1:
		m.path = strings.Trim(words[0], "\"`")
	case verb == "go" && len(words) == 1:
		m.language = "go" + words[0]
	case verb == "replace":
		arrow := 0
		for arrow < len(words) && words[arrow] != "=>" {
			arrow++
		}
		if arrow > 0 && arrow+1 < len(words) && strings.HasPrefix(words[arrow+1], ".") {
			m.replaced[words[0]] = filepath.Join(m.folder, words[arrow+1])
		}
	}
}

// locate gives the folder of a package, if one of that path is among the sources.
func (m *module) locate(path string) (string, bool) {
	if rest, ok := within(path, m.path); ok {
		return existing(filepath.Join(m.folder, rest))
	}
	for prefix, folder := range m.replaced {
		if rest, ok := within(path, prefix); ok {
			return existing(filepath.Join(folder, rest))
		}
	}
	return existing(filepath.Join(m.folder, "vendor", filepath.FromSlash(path)))
}

// within gives what follows prefix in path.
func within(path, prefix string) (string, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return filepath.FromSlash(rest), true
}

func existing(folder string) (string, bool) {
	entries, err := filepath.Glob(filepath.Join(escapePattern(folder), "*.go"))
	return folder, err == nil && len(entries) > 0
}

// escapePattern makes a folder's name safe to be part of a pattern.
func escapePattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}
