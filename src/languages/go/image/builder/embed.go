package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// embeds is what the compiler wants to know about //go:embed: the files of each pattern, and where each file is.
type embeds struct {
	Patterns map[string][]string
	Files    map[string]string
}

func resolveEmbeds(pkg *sourcePackage) (*embeds, error) {
	found := &embeds{make(map[string][]string), make(map[string]string)}
	for _, pattern := range pkg.EmbedPatterns {
		names, err := match(pkg.Dir, pattern)
		if err != nil {
			at := pkg.EmbedPatternPos[pattern][0]
			return nil, fmt.Errorf("%s:%d:%d: pattern %s: %w", shortPath(at.Filename), at.Line, at.Column, pattern, err)
		}
		found.Patterns[pattern] = names
		for _, name := range names {
			found.Files[name] = filepath.Join(pkg.Dir, filepath.FromSlash(name))
		}
	}
	return found, nil
}

// match lists the files of a pattern; a folder stands for all files below it that are not hidden.
func match(folder, pattern string) ([]string, error) {
	plain, withHidden := strings.CutPrefix(pattern, "all:")
	if _, err := path.Match(plain, ""); err != nil || !fs.ValidPath(plain) {
		return nil, fmt.Errorf("invalid pattern syntax")
	}
	matches, err := filepath.Glob(filepath.Join(escapePattern(folder), filepath.FromSlash(plain)))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range matches {
		info, err := os.Lstat(file)
		if err != nil {
			return nil, err
		}
		switch {
		case info.Mode().IsRegular():
			names = append(names, relativeName(folder, file))
		case info.IsDir():
			below, err := filesBelow(folder, file, withHidden)
			if err != nil {
				return nil, err
			}
			names = append(names, below...)
		default:
			return nil, fmt.Errorf("cannot embed irregular file %s", relativeName(folder, file))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no matching files found")
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func filesBelow(folder, top string, withHidden bool) ([]string, error) {
	var names []string
	err := filepath.WalkDir(top, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		isHidden := strings.HasPrefix(entry.Name(), ".") || strings.HasPrefix(entry.Name(), "_")
		if file != top && isHidden && !withHidden {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.Type().IsRegular() {
			names = append(names, relativeName(folder, file))
		}
		return nil
	})
	return names, err
}

func relativeName(folder, file string) string {
	return filepath.ToSlash(strings.TrimPrefix(file, folder+"/"))
}
