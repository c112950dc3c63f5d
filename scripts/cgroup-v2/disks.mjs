/**
 * The virtual machine's three disks: Debian with a kernel, the project, the images of a few languages. Each is made
 * anew exactly when what it holds has changed, and kept in the data folder.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

import { fingerprint } from '../lib/fingerprint.mjs'
import { DATA_DIR, ROOT } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { fail, say } from '../lib/say.mjs'

export const FOLDER = join(DATA_DIR, 'test-vm')
const HERE = join(ROOT, 'scripts', 'cgroup-v2')
const STEP_TIMEOUT_MS = 10 * 60_000

const DEBIAN_PACKAGES = ['linux-image-cloud-amd64', 'nodejs', 'libseccomp2', 'iproute2', 'gcc', 'libc6-dev']

/** What the suites read. Node's packages are those installed, less the large ones that no suite in there loads. */
const PROJECT_PARTS = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'src',
  'scripts',
  'native',
  'node_modules',
]
const HEAVY =
  /^node_modules\/(typescript|@typescript|@?oxlint.*|@?oxfmt|monaco-editor|playwright-core|react-dom|\.vite.*)(\/|$)/

async function must(argv, sentence) {
  const result = await run(argv, { timeoutMs: STEP_TIMEOUT_MS })
  if (result.code === 0) return
  process.stderr.write(`${result.output.trimEnd()}\n`)
  fail(sentence)
}

/** Makes an ext4 image of a folder; needs no mount and no loop device. */
async function packFolder(folder, image, sizeMebibytes) {
  await must(
    ['mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'root_owner=0:0', '-d', folder, image, `${sizeMebibytes}M`],
    `mkfs.ext4 could not make ${image} (see above).`,
  )
}

/** Returns `<kind>-<hash>` in the cache, made by `make(scratch, image)` when it is not there; older ones go. */
async function cached(kind, hash, make) {
  const name = `${kind}-${hash}`
  const finished = join(FOLDER, name)
  if (existsSync(finished)) return finished
  say(`  making the ${kind} disk`)
  mkdirSync(FOLDER, { recursive: true })
  for (const old of readdirSync(FOLDER).filter((file) => file.startsWith(`${kind}-`))) {
    rmSync(join(FOLDER, old), { recursive: true, force: true })
  }
  const unfinished = join(FOLDER, `${kind}-unfinished`)
  mkdirSync(unfinished)
  await make(unfinished)
  rmSync(join(unfinished, 'content'), { recursive: true, force: true })
  renameSync(unfinished, finished)
  return finished
}

/** Debian 13 with its cloud kernel, whose NVMe and ext4 are built in, so that it boots without an initial RAM disk. */
export async function makeSystemDisk() {
  const hash = fingerprint(HERE, ['init.sh'], { salt: DEBIAN_PACKAGES.join() })
  const folder = await cached('system', hash, async (unfinished) => {
    const content = join(unfinished, 'content')
    await must(
      [
        'mmdebstrap',
        '--variant=minbase',
        `--include=${DEBIAN_PACKAGES.join()}`,
        '--aptopt=Apt::Install-Recommends "false"',
        `--customize-hook=copy-in ${join(HERE, 'init.sh')} /`,
        '--customize-hook=mkdir -p "$1/project" "$1/var/lib/codeexec"',
        '--customize-hook=rm -rf "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale "$1"/boot/initrd*',
        'trixie',
        content,
      ],
      'mmdebstrap could not make the virtual machine (see above); check the network and start again.',
    )
    const kernel = readdirSync(join(content, 'boot')).find((name) => name.startsWith('vmlinuz-'))
    cpSync(join(content, 'boot', kernel), join(unfinished, 'kernel'))
    await packFolder(content, join(unfinished, 'disk'), 1500)
  })
  return { kernel: join(folder, 'kernel'), disk: join(folder, 'disk') }
}

function isNotForTheMachine(path) {
  return HEAVY.test(path) || /^scripts\/cgroup-v2\/(?!run-suites)|^native\/build\/sanitized/.test(path)
}

/** The project as it stands in this checkout, with its installed packages and the compiled supervisor. */
export async function makeProjectDisk() {
  // What package-lock.json says decides node_modules; hashing its thousands of files would only be slower.
  const sources = PROJECT_PARTS.filter((part) => part !== 'node_modules').concat('package-lock.json')
  const hash = fingerprint(ROOT, sources, { skip: isNotForTheMachine })
  const folder = await cached('project', hash, async (unfinished) => {
    const content = join(unfinished, 'content')
    mkdirSync(content)
    for (const part of PROJECT_PARTS) {
      cpSync(join(ROOT, part), join(content, part), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (source) => !isNotForTheMachine(source.slice(ROOT.length + 1)),
      })
    }
    cpSync(join(HERE, 'run-suites.sh'), join(content, 'run-suites.sh'))
    await packFolder(content, join(unfinished, 'disk'), 600)
  })
  return join(folder, 'disk')
}

/** Copies of the images' folders, read-only for the virtual machine. */
export async function makeImagesDisk(imageFolders) {
  const names = imageFolders.map((folder) => basename(folder)).toSorted()
  const hash = fingerprint(ROOT, [], { salt: names.join() })
  const folder = await cached('images', hash, async (unfinished) => {
    const images = join(unfinished, 'content', 'images')
    mkdirSync(images, { recursive: true })
    // Hard links: nothing is copied before it is packed.
    await must(['cp', '-a', '--link', ...imageFolders, images], 'the images could not be copied (see above).')
    await packFolder(join(unfinished, 'content'), join(unfinished, 'disk'), 3000)
  })
  return join(folder, 'disk')
}
