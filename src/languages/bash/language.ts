import { defineLanguage } from '../define-language.js'

export default defineLanguage({
  id: 'bash',
  name: 'Bash',
  aliases: ['sh', 'shell'],
  extensions: ['sh', 'bash'],
  monaco: 'shell',
  mainFile: 'main.sh',
  image: {
    // Bash itself, coreutils, grep, sed, awk, findutils and diffutils are in the base layer.
    packages: ['bc', 'gawk', 'jq', 'xxd'],
    buildSeconds: 3,
  },
  version: { argv: ['bash', '--version'], pattern: /version (\d+\.\d+\.\d+)/u },
  run: { argv: ['bash', '{entry}'] },
  libraries: ['bc', 'gawk', 'jq', 'perl', 'xxd'],
  samples: [
    {
      title: 'Hello',
      files: { 'main.sh': 'echo "Hello, World!"\n' },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'main.sh': `sum=0
while read -r number; do
  sum=$((sum + number))
done
echo "Sum: $sum"
`,
      },
      stdin: '3\n4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments',
      files: {
        'main.sh': `echo "$# arguments"
for argument in "$@"; do
  printf '<%s>\\n' "$argument"
done
`,
      },
      args: ['one', 'two words', '$HOME'],
      expectedOutput: '3 arguments\n<one>\n<two words>\n<$HOME>\n',
    },
    {
      title: 'Functions from another file',
      files: {
        'bin/main.sh': `source lib/greet.sh
greet Ada
`,
        'lib/greet.sh': `greet() {
  echo "Hello from $(basename "\${BASH_SOURCE[0]}"), $1"
}
`,
      },
      expectedOutput: 'Hello from greet.sh, Ada\n',
    },
    {
      title: 'JSON and pipes',
      files: {
        'main.sh': `jq -r '.[] | "\\(.name) \\(.age)"' | sort -k2 -n | awk '{ print $1 }'
`,
      },
      stdin: '[{"name":"Ada","age":36},{"name":"Alan","age":41},{"name":"Grace","age":25}]',
      expectedOutput: 'Grace\nAda\nAlan\n',
    },
  ],
})
