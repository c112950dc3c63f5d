import type { Rule } from '../../../engine/rule.js'

const commands = (...names: readonly string[]): readonly string[] => names.map((name) => `command.${name}`)

const REDIRECTED_INPUT = {
  any: [
    { type: ['heredoc_redirect', 'herestring_redirect'] },
    { type: 'file_redirect', child: { type: ['<', '<&'] } },
  ],
} as const

/** Input that comes from a file, a text or another command, so that nothing waits for a person. */
const HAS_INPUT = {
  any: [
    { child: REDIRECTED_INPUT },
    { inside: { type: 'redirected_statement', child: REDIRECTED_INPUT } },
    { inside: { type: 'pipeline' } },
    { child: { type: ['word', 'number'], text: /^-u/ } },
  ],
} as const

export const data: readonly Rule[] = [
  {
    id: 'bash/network',
    category: 'network',
    severity: 'high',
    message:
      '`{name}` reaches for another machine. Programs here have no network, so it fails; give the data as input instead.',
    match: [
      {
        calls: commands(
          'curl',
          'wget',
          'nc',
          'ncat',
          'netcat',
          'socat',
          'telnet',
          'ssh',
          'scp',
          'sftp',
          'ftp',
          'ping',
          'dig',
          'nslookup',
          'whois',
          'lynx',
          'aria2c',
          'nmap',
        ),
      },
      { calls: commands('git'), where: { fields: { argument: { text: /^(clone|fetch|pull|push)$/ } } } },
    ],
    finds: [
      'curl http://example.com',
      'wget -q http://example.com -O x',
      'x=$(curl -s http://example.com)',
      '/usr/bin/curl http://example.com',
      'timeout 5 nc -l 80',
      'get=curl\n$get http://example.com',
      '"curl" http://example.com',
      '\\curl http://example.com',
      'git clone http://example.com/x.git',
      'if ! ping -c 1 example.com; then echo no; fi',
    ],
    ignores: [
      'echo curl',
      'command -v curl > /dev/null || exit 1',
      'curl() { echo "$1"; }\ncurl x',
      'url=http://example.com\necho "$url"',
      'git status',
      'curly x',
      'grep wget log.txt',
      'nc=3\necho "$nc"',
    ],
  },
  {
    id: 'bash/network-device',
    category: 'network',
    severity: 'high',
    message: 'Bash opens a network connection for this name. Programs here see only their own loopback.',
    match: [{ syntax: { type: 'file_redirect', has: { text: /^["']?\/dev\/(tcp|udp)\// } } }],
    finds: [
      'exec 3<>/dev/tcp/example.com/80',
      'echo x > /dev/udp/example.com/53',
      'cat < "/dev/tcp/$host/80"',
    ],
    ignores: ['echo x > /dev/null', 'cat < /dev/stdin', 'echo /dev/tcp/example.com/80'],
  },
  {
    id: 'bash/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Quote the path, check that it is not empty, and delete only what the script made.',
    match: [
      { calls: commands('rm', 'rmdir', 'unlink', 'shred', 'truncate', 'wipefs', 'mkfs', 'mkfs.*') },
      { calls: commands('find'), where: { child: { type: 'word', text: '-delete' } } },
      {
        calls: commands('dd'),
        where: { child: { type: ['word', 'concatenation'], text: /^of=\/dev\/(?!null$)/ } },
      },
    ],
    finds: [
      'rm -rf /',
      'rm "$file"',
      'find . -name "*.tmp" -delete',
      'find . -exec rm {} \\;',
      'ls | xargs rm -f',
      'dd if=/dev/zero of=/dev/sda',
      'shred secret.txt',
      '/bin/rm x',
    ],
    ignores: [
      'echo rm -rf /',
      'rm() { echo "$1"; }\nrm x',
      'find . -name "*.tmp"',
      'mv a b',
      'dd if=a of=b',
      'grep -rm 1 x .',
      'dd if=a of=/dev/null',
    ],
  },
  {
    id: 'bash/infinite-loop',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'Nothing in this loop can end it: no `break`, `return` or `exit`. It will run until the time limit.',
    match: [{ endlessLoops: true }],
    finds: [
      'while true; do echo x; done',
      'while :; do sleep 1; done',
      'until false; do echo x; done',
      'for ((;;)); do echo x; done',
      'while true; do for i in 1 2; do break; done; done',
      'while [ 1 ]; do echo x; done',
    ],
    ignores: [
      'while true; do break; done',
      'while true; do read -r x || break; done',
      'while true; do exit 0; done',
      'f() { while true; do return 0; done; }',
      'while true; do for i in 1 2; do break 2; done; done',
      'for ((i = 0; i < 3; i++)); do echo "$i"; done',
      'while read -r x; do echo "$x"; done < file',
      'stop() { exit 0; }\nwhile true; do stop; done',
      'while true; do sleep 1; done &\nkill "$!"',
      'until [ "$x" = 3 ]; do x=3; done',
    ],
  },
  {
    id: 'bash/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` waits for input. Send it along as stdin; when there is none, it fails at once and leaves its variables empty.',
    match: [
      { calls: commands('read', 'mapfile', 'readarray'), where: { not: HAS_INPUT } },
      { calls: commands('cat', 'tac', 'sort', 'wc', 'tr'), where: { count: { max: 1 }, not: HAS_INPUT } },
    ],
    finds: [
      'read -r name',
      'read -p "Name? " name',
      'while read -r line; do echo "$line"; done',
      'mapfile -t lines',
      'x=$(cat)',
    ],
    ignores: [
      'read -r x <<< "a b"',
      'read -r x < file',
      'while read -r line; do echo "$line"; done < file',
      'ls | while read -r f; do echo "$f"; done',
      'cat file',
      'while read -r l; do echo "$l"; done <<EOF\na\nEOF',
      'read() { echo x; }\nread a',
      'cat <<EOF\nhi\nEOF',
      'readonly x=1',
      'while IFS= read -r f; do echo "$f"; done < <(ls)',
      'printf "b\\na\\n" | sort',
    ],
  },
]
