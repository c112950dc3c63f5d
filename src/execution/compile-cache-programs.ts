/** Test support: programs that tell all they can find out about what was compiled, and programs that spoil it. */
import type { Program } from '../languages/conformance-cases.js'

export interface CacheProgram {
  readonly languageId: string
  readonly title: string
  readonly program: Program
}

const one = (languageId: string, title: string, name: string, text: string): CacheProgram => ({
  languageId,
  title,
  program: { files: { [name]: text } },
})

/** What they print must not depend on whether a compiler has run just before. */
export const OBSERVERS: readonly CacheProgram[] = [
  one(
    'c',
    'a look at every file, the room that is left, the mounts, and a warning',
    'main.c',
    `#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static void look(const char *path) {
  struct stat s;
  if (lstat(path, &s)) return;
  printf("%s %o %lld %d %d %d %lld %s\\n", path, (unsigned)s.st_mode, S_ISDIR(s.st_mode) ? 0 : (long long)s.st_size,
         s.st_uid == getuid(), s.st_gid == getgid(), (int)s.st_nlink, (long long)s.st_blocks,
         s.st_mtime > time(NULL) - 3600 && s.st_mtime <= time(NULL) ? "now" : "other");
  DIR *d = opendir(path);
  if (!d) return;
  for (struct dirent *e; (e = readdir(d));) {
    char below[4096];
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    snprintf(below, sizeof below, "%s/%s", path, e->d_name);
    look(below);
  }
  closedir(d);
}

int main(void) {
  const char *roots[] = {"/box", "/out", "/tmp", "/dev/shm"};
  char line[4096];
  int mounts = 0, unused;
  for (int i = 0; i < 4; i++) {
    struct statvfs v;
    look(roots[i]);
    if (!statvfs(roots[i], &v)) printf("%lu %lu %lu\\n", v.f_blocks, v.f_bfree, v.f_ffree);
  }
  sprintf(line, "/pr%s", "oc/self/mountinfo");
  FILE *f = fopen(line, "r");
  while (f && fgets(line, sizeof line, f)) mounts++;
  printf("pid %d, %d mounts, %d inodes\\n", getpid(), mounts, 0);
  return 0;
}
`,
  ),
  one(
    'cpp',
    'templates, a warning, and its own file',
    'main.cpp',
    `#include <filesystem>
#include <iostream>
#include <map>
int main(int argc, char **argv) {
  int unused;
  std::map<std::string, int> counts{{"a", 1}, {"b", 2}};
  for (auto &[key, value] : counts) std::cout << key << value << "\\n";
  for (auto &entry : std::filesystem::recursive_directory_iterator("/out"))
    std::cout << entry.path() << (unsigned)entry.status().permissions() << " " << entry.file_size() << "\\n";
}
`,
  ),
  {
    languageId: 'go',
    title: 'packages, embedded files, and its own files',
    program: {
      files: {
        'main.go': `package main

import (
	_ "embed"
	"fmt"
	"io/fs"
	"main/words"
	"path/filepath"
)

//go:embed data.txt
var data string

//go:generate sh -c "echo generated > generated.go"

func main() {
	fmt.Print(words.Greeting, data)
	for _, root := range []string{"/box", "/out", "/tmp"} {
		filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			info, _ := entry.Info()
			size := info.Size()
			if entry.IsDir() {
				size = 0
			}
			fmt.Println(path, info.Mode(), size)
			return nil
		})
	}
}
`,
        'words/words.go': 'package words\n\nconst Greeting = "hello "\n',
        'data.txt': 'embedded\n',
      },
    },
  },
  {
    languageId: 'java',
    title: 'nested classes, packages, and its own files',
    program: {
      files: {
        'app/Main.java': `package app;
import java.nio.file.*;
import java.nio.file.attribute.PosixFilePermissions;
public class Main {
    interface Shape { double area(); }
    record Square(double side) implements Shape { public double area() { return side * side; } }
    enum Level { LOW { int n() { return 1; } }, HIGH { int n() { return 2; } }; abstract int n(); }
    public static void main(String[] args) throws Exception {
        Runnable r = () -> System.out.println(new Square(2).area() + " " + Level.HIGH.n());
        r.run();
        for (String root : new String[] {"/box", "/out", "/tmp"})
            try (var paths = Files.walk(Path.of(root))) {
                paths.forEach(path -> {
                    try {
                        System.out.println(path + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                            + (Files.isDirectory(path) ? "" : " " + Files.size(path)));
                    } catch (Exception e) { throw new RuntimeException(e); }
                });
            }
    }
}
`,
      },
    },
  },
  {
    languageId: 'typescript',
    title: 'modules, source maps, and its own files',
    program: {
      files: {
        'src/main.ts': `import { readdirSync, statSync } from 'node:fs'
import { area } from './shapes'
enum Level { Low = 1, High }
console.log(Level[2], area(3))
for (const root of ['/box', '/out', '/tmp'])
  for (const name of readdirSync(root, { recursive: true }) as string[]) {
    const status = statSync(root + '/' + name)
    console.log(root, name, status.mode.toString(8), status.isFile() ? status.size : 0, status.nlink)
  }
console.log(new Error('where').stack?.split('\\n')[1])
`,
        'src/shapes.ts': 'export const area = (side: number): number => side ** 2\n',
      },
    },
  },
]

/** What each prints first is its own; then it spoils all it can reach. */
export const SPOILERS: readonly CacheProgram[] = [
  one(
    'c',
    'replaces itself and leaves processes behind',
    'main.c',
    `#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  puts("the original");
  fflush(stdout);
  FILE *f = fopen("/out/other", "w");
  if (f) { fputs("#!/bin/sh\\necho poisoned\\n", f); fclose(f); }
  chmod("/out/other", 0755);
  rename("/out/other", "/out/program");
  symlink("/etc/passwd", "/out/link");
  symlink("/out/program", "/box/link");
  if (fork() == 0) { setsid(); for (;;) { f = fopen("/out/program", "w"); if (f) fclose(f); } }
  return 0;
}
`.replace('#include <unistd.h>', '#include <sys/stat.h>\n#include <unistd.h>'),
  ),
  one(
    'go',
    'truncates and replaces itself',
    'main.go',
    `package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("the original")
	os.Remove("/out/program")
	os.WriteFile("/out/program", []byte("#!/bin/sh\\necho poisoned\\n"), 0755)
	os.Symlink("/etc/passwd", "/out/link")
}
`,
  ),
  one(
    'java',
    'replaces its own classes',
    'Main.java',
    `import java.nio.file.*;
public class Main {
    static class Later { static String text() { return "the original"; } }
    public static void main(String[] args) throws Exception {
        System.out.println(Later.text());
        for (String name : new String[] {"Main.class", "Main$Later.class", ".main"})
            Files.write(Path.of("/out", name), "poison".getBytes());
        Files.createSymbolicLink(Path.of("/out/link"), Path.of("/etc/passwd"));
    }
}
`,
  ),
  one(
    'typescript',
    'replaces its own modules',
    'main.ts',
    `import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
console.log('the original' as string)
writeFileSync('/out/modules.json', '{}')
writeFileSync('/out/modules/main.js', 'console.log("poisoned")')
symlinkSync('/etc', '/out/link')
rmSync('/out/modules', { recursive: true })
`,
  ),
]

/** Compiled each time: another program may come of it, or one that is too large to be kept. */
export const UNKEPT: readonly CacheProgram[] = [
  one('c', 'has the time in it', 'main.c', '#include <stdio.h>\nint main(void) { puts(__TIME__ + 8); }\n'),
  one(
    'c',
    'has something of its sandbox in it',
    'main.c',
    '#include <stdio.h>\n__asm__(".data\\nid: .incbin \\"/proc/sys/kernel/ostype\\"\\n.text");\nint main(void) { puts("x"); }\n',
  ),
  one(
    'c',
    'is huge',
    'main.c',
    '#include <stdio.h>\nstatic char x[20 << 20] = {1};\nint main(void) { puts(x + 1); }\n',
  ),
  one('cpp', 'cannot be compiled', 'main.cpp', '#include "/etc/passwd"\nint main() {}\n'),
  one('go', 'cannot be compiled', 'main.go', 'package main\n\nfunc main() { undefined() }\n'),
]
