import { spawn } from 'node:child_process'
import { FileImageStore } from '../images/file-image-store.js'
import { planImages } from '../images/recipe.js'
import { testLanguages } from './conformance.js'
import type { ProgramRunner } from './conformance.js'
import { loadLanguages } from './registry.js'
import { resolveCommands, withExtraFiles } from './resolve-command.js'
import { mkdtempSync, mkdirSync, writeFileSync, rmSync, readFileSync, existsSync } from 'node:fs'
import path from 'node:path'

const registry = await loadLanguages()
const store = new FileImageStore({ dataDirectory: '/var/lib/codeexec', plan: planImages(registry.all) })

const SCRIPT = `
set -e
M=$1/m; shift
mount -t overlay overlay -o lowerdir=$LOWER $M
mount -t proc proc $M/proc
mount -t tmpfs tmpfs $M/tmp; mount -t tmpfs tmpfs $M/dev; cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom $M/dev; ln -s /proc/self/fd $M/dev/fd; ln -s /proc/self/fd/0 $M/dev/stdin; ln -s /proc/self/fd/1 $M/dev/stdout; ln -s /proc/self/fd/2 $M/dev/stderr; mkdir $M/dev/shm
mkdir $M/tmp/.box $M/tmp/.out; chmod 1777 $M/tmp/.box $M/tmp/.out $M/tmp $M/dev/shm
cp -r $BOX/. $M/tmp/.box; chown -R 0:0 $M/tmp/.box; chmod -R a+rX $M/tmp/.box; chmod 1777 $M/tmp/.box
mount --bind $M/tmp/.box $M/box; mount --bind $M/tmp/.out $M/out
cd $M
set +e
if [ -s $BOX.compile ]; then
  xargs -0 -a $BOX.compile chroot --userspec=900000:900000 $M /usr/bin/env --chdir=/box -i < /dev/null > $BOX.cout 2>&1
  rc=$?; echo $rc > $BOX.crc; [ $rc = 0 ] || exit 99
fi
ulimit -c 0
xargs -0 -a $BOX.run sh -c 'exec "$@" < '$BOX.stdin sh chroot --userspec=900000:900000 $M /usr/bin/env --chdir=/box -i
rc=$?; [ $rc = 123 ] && rc=1
echo done > $BOX.done
exit $rc
`
const run: ProgramRunner = async (language, program) => {
  const dir = mkdtempSync('/tmp/lang-run-')
  try {
    mkdirSync(path.join(dir, 'm'))
    const box = path.join(dir, 'box')
    const names = Object.keys(program.files)
    const files = withExtraFiles(language, names.map((name) => ({ name, content: Buffer.from(program.files[name] ?? '') })))
    for (const f of files) {
      mkdirSync(path.dirname(path.join(box, f.name)), { recursive: true })
      writeFileSync(path.join(box, f.name), f.content)
    }
    const mem = (stage: 'compile' | 'run') => language.limits?.[stage]?.memoryBytes ?? 268435456
    const commands = resolveCommands(language, {
      entryPoint: names[0] ?? '', files, args: program.args ?? [],
      limits: { compile: { memoryBytes: mem('compile') }, run: { memoryBytes: mem('run') } },
    })
    const words = (c: { argv: readonly string[]; env: Readonly<Record<string, string>> } | null) =>
      c ? [...Object.entries(c.env).map(([k, v]) => `${k}=${v}`), ...c.argv].join('\0') + '\0' : ''
    writeFileSync(box + '.compile', words(commands.compile))
    writeFileSync(box + '.run', words(commands.run))
    writeFileSync(box + '.stdin', program.stdin ?? '')
    const image = store.get(language.id)
    const child = spawn('unshare', ['--mount', '--pid', '--fork', '--net', '--ipc', '--propagation', 'private', '--kill-child', 'bash', '-c', SCRIPT, 'x', dir], {
      env: { PATH: process.env['PATH'] ?? '', LOWER: image?.layers.join(':') ?? '', BOX: box },
    })
    let stdout = '', stderr = ''
    child.stdout.on('data', (d) => (stdout += d)); child.stderr.on('data', (d) => (stderr += d))
    const exitCode = await new Promise<number>((r) => child.on('close', (c) => r(c ?? -1)))
    const compile = commands.compile ? { output: readFileSync(box + '.cout', 'utf8'), exitCode: Number(readFileSync(box + '.crc', 'utf8')) } : null
    if (compile && compile.exitCode === 123) compile.exitCode = 1
    return { stdout, stderr: stderr.replace(/^xargs: .*\n/mu, ''), exitCode: existsSync(box + '.done') && exitCode < 124 ? exitCode : null, compile }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
testLanguages(registry, run, (id) => store.state(id) === 'ready')
