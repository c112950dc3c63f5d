import { defineLanguage } from '../define-language.js'

export default defineLanguage({
  id: 'go',
  name: 'Go',
  aliases: ['golang'],
  extensions: ['go'],
  monaco: 'go',
  mainFile: 'main.go',
  image: {
    packages: ['golang-go'],
    files: Object.fromEntries(
      ['embed.go', 'go.mod', 'library.go', 'main.go', 'module.go', 'packages.go', 'toolchain.go'].map(
        (name) => [`/opt/go-builder/${name}`, `image/builder/${name}`],
      ),
    ),
    steps: [
      ['go', 'build', '-C', '/opt/go-builder', '-ldflags=-s -w', '-o', '/usr/local/bin/go-builder', '.'],
      ['go-builder', 'prepare', '/opt/go-library'],
    ],
    remove: ['/opt/go-builder', '/usr/bin/go', '/usr/bin/gofmt', '/usr/lib/go-1.24', '/usr/share/go-1.24'],
    buildSeconds: 70,
  },
  version: { argv: ['go', 'version'], pattern: /go(\d+\.\d+(?:\.\d+)?)/u },
  extraFiles: { 'go.mod': 'module main\n\ngo 1.24\n' },
  compile: { argv: ['go-builder', 'build', '/out/program', '{entry}'] },
  run: { argv: ['/out/program'] },
  libraries: [],
  samples: [
    {
      title: 'Hello',
      files: {
        'main.go': `package main

import "fmt"

func main() {
	fmt.Println("Hello, World!")
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'main.go': `package main

import "fmt"

func main() {
	sum := 0
	for {
		var number int
		if _, err := fmt.Scan(&number); err != nil {
			break
		}
		sum += number
	}
	fmt.Println("Sum:", sum)
}
`,
      },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments',
      files: {
        'main.go': `package main

import (
	"fmt"
	"os"
)

func main() {
	for _, argument := range os.Args[1:] {
		fmt.Printf("<%s>\\n", argument)
	}
}
`,
      },
      args: ['one', 'two words', '-o'],
      expectedOutput: '<one>\n<two words>\n<-o>\n',
    },
    {
      title: 'Several files of one package',
      files: {
        'main.go': `package main

import "fmt"

func main() {
	fmt.Println(greet("World"))
}
`,
        'greet.go': `package main

func greet(name string) string {
	return "Hello, " + name + "!"
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Packages in folders, goroutines and embedded files',
      files: {
        'cmd/app/main.go': `package main

import (
	_ "embed"
	"fmt"
	"sync"

	"main/shapes"
)

//go:embed title.txt
var title string

func main() {
	sides := []float64{1, 2, 3}
	areas := make([]float64, len(sides))
	var group sync.WaitGroup
	for i, side := range sides {
		group.Add(1)
		go func() {
			defer group.Done()
			areas[i] = shapes.Square{Side: side}.Area()
		}()
	}
	group.Wait()
	fmt.Print(title, areas, "\\n")
}
`,
        'cmd/app/title.txt': 'Areas: ',
        'shapes/square.go': `// Package shapes has shapes.
package shapes

type Square struct{ Side float64 }

func (s Square) Area() float64 { return s.Side * s.Side }
`,
      },
      expectedOutput: 'Areas: [1 4 9]\n',
    },
  ],
})
