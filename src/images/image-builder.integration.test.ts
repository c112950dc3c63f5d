/** Real images of tiny languages, on the base layer of this machine if there is one. Needs root. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileImageStore } from './file-image-store.js'
import { ImageBuilder } from './image-builder.js'
import { readManifest } from './manifest.js'
import { pruneImages } from './prune.js'
import { planImages } from './recipe.js'
import { SLOW } from './test-support/slow-build.js'
import { tinyLanguage, writeTinyFolder } from './test-support/tiny-languages.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const SHARED = path.join(process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec', 'images')
const SLOW_BUILD_FOLDER = path.join(root, 'node_modules/.cache/codeexec', `slow-build-${process.pid}`)

const TINY = tinyLanguage('tiny', {
  steps: [
    ['install', '-m', '6755', '/bin/true', '/usr/local/bin/set-id'],
    ['mkfifo', '/opt/tiny/pipe'],
    ['rm', '/etc/issue'],
    [
      'bash',
      '-c',
      'test -c /dev/null && test -d /proc/self && ! test -e /etc/resolv.conf && id -u > /opt/tiny/uid',
    ],
    ['bash', '-c', '! (exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null; compgen -e | sort > /opt/tiny/environment'],
  ],
  remove: ['/opt/tiny/uid'],
})
const CHILD = tinyLanguage('child', {
  extends: 'tiny',
  files: {},
  steps: [['bash', '-c', 'cp /opt/tiny/version /opt/copied']],
})
const BROKEN = tinyLanguage('broken', { steps: [['false']] })
const ORPHAN = tinyLanguage('orphan', { extends: 'broken' })
const DEFINITIONS = [TINY, CHILD, BROKEN, ORPHAN, SLOW]

const unfit = process.getuid?.() === 0 ? '' : ', skipped: not root'

describe.skipIf(unfit !== '')(`ImageBuilder${unfit}`, () => {
  let dataDirectory = ''
  let images = ''
  let folder = ''
  const folderOf = (): string => folder
  const plan = () => planImages(DEFINITIONS, folderOf)
  const imageFolder = (id: string): string => {
    const image = [plan().base, ...plan().languages].find((planned) => planned.id === id)
    return path.join(images, image?.folder ?? 'unplanned')
  }
  const hidden = (): string[] => readdirSync(images).filter((name) => name.startsWith('.unfinished'))
  const makeBuilder = (onProgress: (line: string) => void = () => undefined): ImageBuilder =>
    new ImageBuilder({
      dataDirectory,
      plan: plan(),
      folderOf,
      onProgress: ({ id, message }) => onProgress(`${id}: ${message}`),
    })

  beforeAll(async () => {
    dataDirectory = mkdtempSync(path.join(tmpdir(), 'codeexec-images-'))
    images = path.join(dataDirectory, 'images')
    folder = await writeTinyFolder(path.join(dataDirectory, 'tiny'))
    const base = path.basename(imageFolder('base'))
    if (existsSync(path.join(SHARED, base))) {
      cpSync(path.join(SHARED, base), path.join(images, base), { recursive: true, verbatimSymlinks: true })
    }
  })
  afterAll(() => {
    for (const used of [dataDirectory, SLOW_BUILD_FOLDER]) rmSync(used, { recursive: true, force: true })
  })

  it('builds what is asked for and what that stands on, and says what it does', async () => {
    const lines: string[] = []
    const store = new FileImageStore({ dataDirectory, plan: plan() })
    expect(store.state('child')).toBe('absent')
    const reports = await makeBuilder((line) => lines.push(line)).buildAll(['child'])
    expect(reports).toMatchObject([
      { id: 'tiny', outcome: 'built', manifest: { version: '1.2', on: plan().base.hash } },
      { id: 'child', outcome: 'built', manifest: { version: '1.2' } },
    ])
    expect(lines).toContain('tiny: preparing, step 2 of 5')
    expect(lines.at(-1)).toMatch(/^child: ready: 1\.2, \d+ MB$/u)
    expect(store.state('child')).toBe('ready')
    expect(store.get('child')).toEqual({
      id: 'child',
      hash: expect.stringMatching(/^[0-9a-f]{16}$/u),
      version: '1.2',
      layers: ['child', 'tiny', 'base'].map((id) => path.join(imageFolder(id), 'rootfs')),
      copy: expect.stringMatching(/^\d+:\d+ \d+:\d+ \d+:\d+$/u),
    })
    expect(readFileSync(path.join(imageFolder('child'), 'rootfs/opt/copied'), 'utf8')).toBe('1.2\n')
  })

  it('takes set-id bits and pipes away, and keeps what was removed from the layer below removed', () => {
    const rootfs = path.join(imageFolder('tiny'), 'rootfs')
    expect((lstatSync(path.join(rootfs, 'usr/local/bin/set-id')).mode & 0o7777).toString(8)).toBe('755')
    expect(readdirSync(path.join(rootfs, 'opt/tiny')).toSorted()).toEqual(['environment', 'version'])
    const removed = lstatSync(path.join(rootfs, 'etc/issue'))
    expect([removed.isCharacterDevice(), removed.rdev]).toEqual([true, 0])
  })

  it('runs steps in the environment that programs have', () => {
    const names = readFileSync(path.join(imageFolder('tiny'), 'rootfs/opt/tiny/environment'), 'utf8')
    expect(names.split('\n').filter((name) => !['', 'OLDPWD', 'PWD', 'SHLVL', '_'].includes(name))).toEqual([
      'HOME',
      'LANG',
      'PATH',
      'TMPDIR',
      'USER',
    ])
  })

  it('does not build again what is there', async () => {
    const before = readManifest(imageFolder('child'))
    const lines: string[] = []
    const reports = await makeBuilder((line) => lines.push(line)).buildAll(['child'])
    expect(reports.map(({ outcome }) => outcome)).toEqual(['present', 'present'])
    expect(lines).toEqual([])
    expect(readManifest(imageFolder('child'))).toEqual(before)
  })

  it('says why one image failed and where to look, and goes on with the others', async () => {
    rmSync(imageFolder('child'), { recursive: true })
    const reports = await makeBuilder().buildAll(['broken', 'orphan', 'child'])
    const log = path.join(dataDirectory, 'logs/images/broken.log')
    const message = `The image broken could not be built: false exited with 1; see ${log}`
    expect(reports.find(({ id }) => id === 'broken')).toEqual({ id: 'broken', outcome: 'failed', message })
    expect(reports.find(({ id }) => id === 'orphan')).toEqual({ id: 'orphan', outcome: 'failed', message })
    expect(reports.find(({ id }) => id === 'child')).toMatchObject({ outcome: 'built' })
    expect(readFileSync(log, 'utf8')).toMatch(/chroot .* false$/mu)
    expect(hidden()).toEqual([])
  })

  it('builds each image once where two builders want it at the same time', async () => {
    rmSync(imageFolder('tiny'), { recursive: true })
    rmSync(imageFolder('child'), { recursive: true })
    const [left, right] = await Promise.all([
      makeBuilder().buildAll(['child']),
      makeBuilder().buildAll(['child']),
    ])
    const outcomes = [...left, ...right].map(({ id, outcome }) => `${id} ${outcome}`).toSorted()
    expect(outcomes).toEqual(['child built', 'child present', 'tiny built', 'tiny present'])
  })

  it('leaves nothing that is seen, mounted or running when it is killed', async () => {
    const program = await buildSlowBuild()
    const killed = spawn(process.execPath, [program, dataDirectory, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface({ input: killed.stdout })) {
      if (line === 'preparing, step 2 of 2') break
    }
    const store = new FileImageStore({ dataDirectory, plan: plan() })
    expect(store.state('slow')).toBe('installing')
    expect(processesWith(dataDirectory)).not.toEqual([])

    killed.kill('SIGKILL')
    await once(killed, 'close')
    await expect.poll(() => processesWith(dataDirectory), { timeout: 10_000 }).toEqual([])
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(dataDirectory)
    expect(store.state('slow')).toBe('absent')
    expect(existsSync(imageFolder('slow'))).toBe(false)
    expect(hidden()).toHaveLength(1)

    rmSync(imageFolder('child'), { recursive: true })
    await makeBuilder().buildAll(['child'])
    expect(hidden()).toEqual([])
  })

  it('stops when it is told to, and leaves nothing', async () => {
    const controller = new AbortController()
    const building = makeBuilder((line) => {
      if (line === 'slow: preparing, step 2 of 2') controller.abort()
    }).buildAll(['slow'], controller.signal)
    await expect(building).rejects.toThrow(/abort/iu)
    expect(hidden()).toEqual([])
    expect(existsSync(imageFolder('slow'))).toBe(false)
  })

  it('removes images that no recipe names, except those in use', async () => {
    const before = { tiny: path.basename(imageFolder('tiny')), child: path.basename(imageFolder('child')) }
    folder = await writeTinyFolder(path.join(dataDirectory, 'newer'), '1.3')
    expect(path.basename(imageFolder('tiny'))).not.toBe(before.tiny)
    // This process has asked a store for both, in the first test.
    expect(await pruneImages({ dataDirectory, plan: plan() })).toEqual({
      removed: [],
      keptInUse: [before.child, before.tiny],
    })
    rmSync(path.join(images, '.users'), { recursive: true })
    expect(await pruneImages({ dataDirectory, plan: plan() })).toEqual({
      removed: [before.child, before.tiny],
      keptInUse: [],
    })
    expect(existsSync(imageFolder('base'))).toBe(true)
  })
})

/** The slow build as a file that Node can run, where it finds its packages. */
async function buildSlowBuild(): Promise<string> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(root, 'src/images/test-support/slow-build.ts'),
      outDir: SLOW_BUILD_FOLDER,
      target: 'node20',
      rollupOptions: { output: { format: 'es', entryFileNames: 'slow-build.mjs' } },
    },
  })
  return path.join(SLOW_BUILD_FOLDER, 'slow-build.mjs')
}

/** Processes that have a path in their command line or in their mounts. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid)
    .filter((name) =>
      ['cmdline', 'mounts'].some((file) => {
        try {
          return readFileSync(`/proc/${name}/${file}`, 'utf8').includes(text)
        } catch {
          return false
        }
      }),
    )
}
