import type { Rule } from '../../../engine/rule.js'

const SHELL = { type: 'command_name', text: /^(\S*\/)?(ba|da|k|z)?sh$/ } as const
const LITERAL = {
  any: [{ type: ['word', 'raw_string'] }, { type: ['string', 'concatenation'], string: /^/ }],
} as const

const commands = (...names: readonly string[]): readonly string[] => names.map((name) => `command.${name}`)

export const running: readonly Rule[] = [
  {
    id: 'bash/eval',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` runs whatever its text holds. Call the command itself; keep arguments in an array and use `"${args[@]}"`.',
    match: [
      { calls: commands('eval') },
      {
        calls: commands('bash', 'sh', 'dash', 'zsh', 'ksh'),
        where: {
          nth: { 1: { type: 'word', text: /^-\w*c$/ } },
          has: { type: ['simple_expansion', 'expansion', 'command_substitution'] },
        },
      },
    ],
    finds: [
      'eval "$1"',
      'eval echo hi',
      'x=eval\n$x "ls"',
      'bash -c "$cmd"',
      'sh -c "$(cat script)"',
      'builtin eval "$x"',
    ],
    ignores: [
      'echo "eval"',
      "bash -c 'echo hi'",
      'eval() { echo "$1"; }\neval "ls"',
      'evaluate "$1"',
      '# eval "$1"\ntrue',
      'bash script.sh -c "$1"',
    ],
  },
  {
    id: 'bash/pipe-to-shell',
    category: 'code-injection',
    severity: 'critical',
    message: 'This runs whatever the command before it prints. Keep it in a file, read it, then run it.',
    match: [
      { syntax: { type: 'pipeline', nth: { [-1]: { type: 'command', has: SHELL, count: { max: 2 } } } } },
      {
        syntax: {
          type: 'pipeline',
          nth: {
            [-1]: {
              type: 'command',
              fields: { name: { text: 'sudo' }, argument: { text: /^(ba|da|k|z)?sh$/ } },
            },
          },
        },
      },
      {
        syntax: {
          type: 'command',
          fields: { name: { any: [SHELL, { text: /^(source|\.)$/ }] } },
          child: { type: 'process_substitution' },
        },
      },
    ],
    finds: [
      'curl http://example.com/x | sh',
      'cat list | sudo bash',
      'bash <(wget -qO- http://example.com)',
      'echo "ls" | /bin/bash',
      'source <(make_script)',
    ],
    ignores: [
      'cat list | sort',
      'echo sh | grep sh',
      'bash script.sh',
      'diff <(ls a) <(ls b)',
      'sh run.sh | tee log',
    ],
  },
  {
    id: 'bash/system-administration',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` changes the system or takes more rights. Programs here have neither; a script that others run should not either.',
    match: [
      {
        calls: commands(
          'sudo',
          'su',
          'doas',
          'chroot',
          'unshare',
          'nsenter',
          'mount',
          'umount',
          'insmod',
          'modprobe',
          'systemctl',
          'service',
          'shutdown',
          'reboot',
          'halt',
          'poweroff',
          'iptables',
          'nft',
          'sysctl',
          'useradd',
          'usermod',
          'passwd',
          'crontab',
          'docker',
          'apt',
          'apt-get',
          'yum',
          'dnf',
        ),
      },
    ],
    finds: [
      'sudo rm -rf /',
      'su root',
      'mount /dev/sda1 /mnt',
      '/sbin/reboot',
      'env X=1 docker run x',
      'admin=systemctl\n"$admin" stop x',
    ],
    ignores: [
      'echo sudo',
      'mount() { echo "$1"; }\nmount x',
      'service=web\necho "$service"',
      'resume x',
      'printf "%s\\n" reboot',
    ],
  },
  {
    id: 'bash/process-control',
    category: 'system-command',
    severity: 'high',
    message:
      '`{name}` ends other processes, or leaves some running behind. Wait for what you start, and end it by its own id.',
    match: [
      { calls: commands('killall', 'pkill', 'skill', 'nohup', 'setsid', 'disown') },
      { calls: commands('kill'), where: { child: { text: /^(-1|1)$/ } } },
    ],
    finds: ['killall -9 node', 'pkill -f server', 'kill -9 -1', 'nohup ./server &', 'kill 1'],
    ignores: [
      'sleep 1 &\nkill "$!"',
      'kill() { echo "$1"; }\nkill 1',
      'echo pkill',
      'trap "echo end" EXIT',
      'kill -0 "$pid"',
    ],
  },
  {
    id: 'bash/fork-bomb',
    category: 'system-command',
    severity: 'critical',
    message: 'This function starts itself twice, each of them twice more, until no process can be made.',
    match: [
      {
        syntax: {
          type: 'pipeline',
          nth: { 0: { type: 'command', recursive: true }, 1: { type: 'command', recursive: true } },
        },
      },
    ],
    finds: [':(){ :|:& };:', 'bomb() { bomb | bomb & }; bomb'],
    ignores: [
      'tree() { for f in "$1"/*; do tree "$f" | sort; done; }',
      'f() { g | h; }',
      'fact() { if [ "$1" -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(( $1 - 1 ))) )); fi; }',
      'a | a',
    ],
  },
  {
    id: 'bash/dynamic-source',
    category: 'dynamic-import',
    severity: 'high',
    message:
      'This runs a file, or loads a library, whose name is only known while the script runs. Name it in the source.',
    match: [
      {
        calls: ['command.source', 'command..'],
        where: {
          fields: { argument: { not: { any: [LITERAL, { type: 'process_substitution' }] } } },
          not: { has: { text: /^(BASH_SOURCE|dirname|SCRIPT_DIR|script_dir|DIR)$/ } },
        },
      },
      {
        syntax: {
          type: 'variable_assignment',
          fields: { name: { text: /^LD_(PRELOAD|LIBRARY_PATH|AUDIT)$/ } },
        },
      },
    ],
    finds: [
      'source "$1"',
      '. "$plugin"',
      'LD_PRELOAD=./x.so ls',
      'source $(find_plugin)',
      'export LD_LIBRARY_PATH=/tmp',
    ],
    ignores: [
      'source ./lib.sh',
      '. "lib.sh"',
      'source "$(dirname "$0")/lib.sh"',
      'source "${BASH_SOURCE%/*}/lib.sh"',
      'echo "$LD_PRELOAD"',
    ],
  },
]
