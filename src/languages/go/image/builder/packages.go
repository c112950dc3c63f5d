package main

import (
	"errors"
	"fmt"
	"go/build"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sourcePackage is one package of the request.
type sourcePackage struct {
	*build.Package
	path string
	// imports among the sources; those of the standard library are only checked.
	imports []*sourcePackage
}

// program is the package to build with all it imports, each package after those it imports.
type program struct {
	module   *module
	packages []*sourcePackage
}

func (p *program) main() *sourcePackage {
	return p.packages[len(p.packages)-1]
}

type loader struct {
	context build.Context
	library *library
	module  *module
	loaded  map[string]*sourcePackage
	ordered []*sourcePackage
	// chain leads from the entry's package to the one being loaded.
	chain    []string
	problems []string
}

// load reads the package that the entry file belongs to, and what it imports.
func load(entry string, library *library) (*program, error) {
	absolute, err := filepath.Abs(entry)
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(absolute)
	module, err := findModule(folder, library.version)
	if err != nil {
		return nil, err
	}
	context := build.Default
	context.CgoEnabled = false
	loader := &loader{context: context, library: library, module: module, loaded: make(map[string]*sourcePackage)}
	relative, err := filepath.Rel(module.folder, folder)
	if err != nil {
		return nil, err
	}
	path := module.path
	if relative != "." {
		path += "/" + filepath.ToSlash(relative)
	}
	main := loader.load(path, folder)
	if len(loader.problems) > 0 {
		return nil, errors.New(strings.Join(loader.problems, "\n"))
	}
	if main.Name != "main" {
		return nil, fmt.Errorf("package %s is not a main package", path)
	}
	return &program{module, loader.ordered}, nil
}

func (l *loader) load(path, folder string) *sourcePackage {
	if known, ok := l.loaded[path]; ok {
		return known
	}
	l.chain = append(l.chain, path)
	defer func() { l.chain = l.chain[:len(l.chain)-1] }()
	read, err := l.context.ImportDir(folder, 0)
	loaded := &sourcePackage{Package: read, path: path}
	l.loaded[path] = loaded
	if err != nil {
		l.report(describe(err, path))
		return loaded
	}
	if len(read.SFiles) > 0 {
		l.report(fmt.Sprintf("package %s: assembly files are not supported: %s", path, read.SFiles[0]))
	}
	for _, imported := range read.Imports {
		if found := l.resolve(imported, read.ImportPos[imported][0]); found != nil {
			loaded.imports = append(loaded.imports, found)
		}
	}
	l.ordered = append(l.ordered, loaded)
	return loaded
}

// resolve gives the imported package if it is one of the request, and reports an import that cannot be.
func (l *loader) resolve(path string, at token.Position) *sourcePackage {
	importer := l.chain[len(l.chain)-1]
	place := fmt.Sprintf("%s:%d:%d: ", shortPath(at.Filename), at.Line, at.Column)
	if build.IsLocalImport(path) {
		l.report(place + fmt.Sprintf("%q is relative, but relative import paths are not supported in module mode", path))
		return nil
	}
	folder, isOurs := l.module.locate(path)
	isLibrary := path == "unsafe" || l.library.packages[path] && !strings.HasPrefix(path, "vendor/")
	switch {
	case isLibrary && !isInternal(path, importer):
		return nil
	case isLibrary, isOurs && isInternal(path, importer):
		l.report(fmt.Sprintf("package %s\n\t%suse of internal package %s not allowed", importer, place, path))
	case isOurs && slices.Contains(l.chain, path):
		l.report(l.describeCycle(path))
	case isOurs:
		found := l.load(path, folder)
		if found.Name == "main" {
			l.report(place + fmt.Sprintf("import %q is a program, not an importable package", path))
		}
		return found
	case strings.Contains(strings.SplitN(path, "/", 2)[0], "."):
		l.report(place + fmt.Sprintf("no required module provides package %s; to add it:\n\tgo get %s", path, path))
	default:
		l.report(place + fmt.Sprintf("package %s is not in std (%s)", path, filepath.Join(l.library.goRoot, "src", path)))
	}
	return nil
}

// isInternal tells whether path is below a folder "internal" that the importer is not beside.
func isInternal(path, importer string) bool {
	parts := strings.Split(path, "/")
	index := len(parts) - 1
	for index >= 0 && parts[index] != "internal" {
		index--
	}
	if index < 0 {
		return false
	}
	parent := strings.Join(parts[:index], "/")
	if parent == "" {
		return true
	}
	_, ok := within(importer, parent)
	return !ok
}

func (l *loader) describeCycle(path string) string {
	lines := []string{"package " + l.chain[0]}
	for _, step := range append(slices.Clone(l.chain[1:]), path) {
		lines = append(lines, "\timports "+step)
	}
	return strings.Join(lines, "\n") + ": import cycle not allowed"
}

func (l *loader) report(problem string) {
	if !slices.Contains(l.problems, problem) {
		l.problems = append(l.problems, problem)
	}
}

// describe words an error in reading a package as the go command does.
func describe(err error, path string) string {
	var syntax scanner.ErrorList
	var empty *build.NoGoError
	var several *build.MultiplePackageError
	switch {
	case errors.As(err, &syntax):
		lines := make([]string, 0, len(syntax))
		for _, mistake := range syntax {
			mistake.Pos.Filename = shortPath(mistake.Pos.Filename)
			lines = append(lines, mistake.Error())
		}
		return strings.Join(lines, "\n")
	case errors.As(err, &empty):
		if len(empty.Dir) > 0 && hasOnlyTests(empty.Dir) {
			return fmt.Sprintf("package %s: no non-test Go files in %s", path, empty.Dir)
		}
		return fmt.Sprintf("package %s: build constraints exclude all Go files in %s", path, empty.Dir)
	case errors.As(err, &several):
		return several.Error()
	}
	return strings.ReplaceAll(err.Error(), currentFolder()+"/", "")
}

func hasOnlyTests(folder string) bool {
	files, _ := filepath.Glob(filepath.Join(escapePattern(folder), "*.go"))
	return !slices.ContainsFunc(files, func(file string) bool { return !strings.HasSuffix(file, "_test.go") })
}

// shortPath names a file relative to the current folder where it is below it.
func shortPath(file string) string {
	if rest, ok := strings.CutPrefix(file, currentFolder()+"/"); ok {
		return rest
	}
	return file
}

func currentFolder() string {
	folder, err := os.Getwd()
	if err != nil {
		return "."
	}
	return folder
}
