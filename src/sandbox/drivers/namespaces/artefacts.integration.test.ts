/** What commands have left, taken out of one sandbox and given to another: the same, or not at all. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Artefact } from '../../../contract/execution.js'
import type { Sandbox } from '../../driver.js'
import { withSandbox } from '../../with-sandbox.js'
import { createNamespacesDriver, type NamespacesDriver } from './driver.js'
import { findLeftovers } from './leftovers.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PROGRAM = process.env['CODEEXEC_TEST_SUPERVISOR'] ?? path.join(ROOT, 'native/build/codeexec-supervisor')
const IMAGES = path.join(process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec', 'images')
const FIRST_UID = 1_300_000 + (process.pid % 4096) * 16
const IMAGE = 'bash'
const MOST_BYTES = 1 << 20
const FILES = [
  { name: 'main.txt', content: Buffer.from('source') },
  { name: 'folder/more.txt', content: Buffer.from('source') },
]
/** All that a program can find out about the files, but for dates. */
const DESCRIBE =
  'for root in /box /out /tmp /dev/shm; do find $root -printf "%p %y %m %U %s %n %b\\n"; ls -U $root; done'

/** Without the uid of the place where the program ran. */
const withoutOwner = (text: string): readonly string[] =>
  text.replaceAll(/ \d{7} /gu, ' program ').split('\n')

async function shell(sandbox: Sandbox, script: string): Promise<string> {
  let output = ''
  const outcome = await sandbox.run({
    argv: ['bash', '-c', script],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    cwd: '',
    stdin: new Uint8Array(),
    limits: {
      wallTimeMs: 20_000,
      cpuTimeMs: 20_000,
      memoryBytes: 64 << 20,
      maxProcesses: 16,
      outputBytes: 1 << 20,
      fileSizeBytes: 8 << 20,
      cpus: 1,
    },
    onOutput: (_, chunk) => {
      output += Buffer.from(chunk).toString()
    },
  })
  if (outcome.exitCode !== 0) throw new Error(`${script}: ${output}`)
  return output
}

const unfit =
  process.getuid?.() !== 0 ? 'needs root' : existsSync(PROGRAM) ? undefined : `${PROGRAM} has not been built`

describe.skipIf(unfit)(`what commands have left${unfit ? ` (${unfit})` : ''}`, () => {
  let driver: NamespacesDriver

  beforeAll(async () => {
    const names = await readdir(IMAGES)
    const layers = [IMAGE, 'base'].map((layer) => {
      const name = names.find((candidate) => new RegExp(`^${layer}-[0-9a-f]+$`).test(candidate))
      if (!name) throw new Error(`no image ${layer} in ${IMAGES}; run: npx codeexec images build ${IMAGE}`)
      return path.join(IMAGES, name, 'rootfs')
    })
    driver = createNamespacesDriver({
      program: PROGRAM,
      slots: 2,
      firstUid: FIRST_UID,
      image: () => ({ name: IMAGE, layers }),
    })
    await driver.start()
  })
  afterAll(() => driver.close())

  const inSandbox = <T>(
    use: (sandbox: Sandbox) => Promise<T>,
    artefacts: readonly Artefact[] = [],
  ): Promise<T> =>
    withSandbox(
      driver,
      { executionId: 'artefacts', image: IMAGE, files: FILES, artefacts, fileSystemBytes: 8 << 20 },
      use,
      (error) => {
        throw error
      },
    )

  const leftBy = (script: string): Promise<readonly Artefact[] | undefined> =>
    inSandbox(async (sandbox) => {
      await shell(sandbox, script)
      return sandbox.artefacts!(MOST_BYTES)
    })

  it('is given to another sandbox so that it looks the same', async () => {
    const script = `cd /out; echo b > zebra; mkdir -p deep/er; head -c 300000 /dev/urandom > deep/er/large; echo a > apple
      echo 'echo it runs' > deep/run; chmod 755 deep/run; : > empty; echo x > "ü and spaces"`
    const { listing, artefacts } = await inSandbox(async (sandbox) => {
      await shell(sandbox, script)
      const taken = await sandbox.artefacts!(MOST_BYTES)
      return { artefacts: taken, listing: await shell(sandbox, `${DESCRIBE}; md5sum /out/deep/er/large`) }
    })
    expect(artefacts?.map(({ name, executable, content }) => [name, executable, content.length])).toEqual([
      ['zebra', false, 2],
      ['deep/er/large', false, 300_000],
      ['apple', false, 2],
      ['deep/run', true, 13],
      ['empty', false, 0],
      ['ü and spaces', false, 2],
    ])
    const again = await inSandbox(
      (sandbox) => shell(sandbox, `${DESCRIBE}; md5sum /out/deep/er/large`),
      artefacts,
    )
    expect(withoutOwner(again)).toEqual(withoutOwner(listing))
  })

  it('is nothing where nothing was left, and is not known before the first command', async () => {
    expect(await leftBy('true')).toEqual([])
    expect(await inSandbox((sandbox) => sandbox.artefacts!(MOST_BYTES))).toBeUndefined()
  })

  it.each([
    ['a symbolic link', 'ln -s /etc/passwd /out/link'],
    ['a link to a folder outside', 'ln -s / /out/root'],
    ['a second name', 'echo x > /out/a; ln /out/a /out/b'],
    ['a pipe', 'mkfifo /out/pipe'],
    ['an empty folder', 'echo x > /out/a; mkdir /out/empty'],
    ['a folder of unusual mode', 'mkdir -m 700 /out/a; echo x > /out/a/b'],
    ['a file of unusual mode', 'echo x > /out/a; chmod 600 /out/a'],
    ['a file for set-uid', 'echo x > /out/a; chmod 4755 /out/a'],
    ['a file that cannot be read', 'echo x > /out/a; chmod 0 /out/a'],
    ['a date set by hand', 'echo x > /out/a; touch -d 2001-01-01 /out/a'],
    ['a file in /tmp', 'echo x > /out/a; echo x > /tmp/a'],
    ['a folder in /dev/shm', 'mkdir /dev/shm/a'],
    ['a file in the work folder', 'echo x > /box/new'],
    ['a file in a folder of the work folder', 'echo x > /box/folder/new'],
    ['more than there is room for', 'head -c 1048577 /dev/zero > /out/a'],
    ['more of small files', 'for i in {1..40}; do head -c 30000 /dev/zero > /out/$i; done'],
    ['too many files', 'for i in {1..600}; do : > /out/$i; done'],
    ['folders too deep', `cd /out; for i in {1..60}; do mkdir d; cd d; done; echo x > a`],
    ['a name that is no text', `echo x > $'/out/\\xff'`],
  ])('is not taken where there is %s', async (_, script) => {
    expect(await leftBy(script)).toBeUndefined()
  })

  it('is as it was before the next command, whatever ran on behind the one before', async () => {
    const script = `echo first > /out/a; (sleep 0.01; while :; do echo late > /out/a; echo x > /tmp/late; done) & disown`
    expect((await leftBy(script))?.map(({ content }) => Buffer.from(content).toString())).toEqual(['first\n'])
  })

  it('leaves everything as it is', async () => {
    const dates = 'stat -c "%n %x %y %z" $(find /box /out /tmp)'
    await inSandbox(async (sandbox) => {
      await shell(sandbox, 'mkdir /out/d; echo x > /out/d/a')
      const before = await shell(sandbox, dates)
      await sandbox.artefacts!(MOST_BYTES)
      expect(await shell(sandbox, dates)).toBe(before)
      expect(await sandbox.artefacts!(MOST_BYTES)).toHaveLength(1)
    })
  })
  it('leaves nothing behind when the driver closes', async () => {
    const endedPid = driver.supervisorPid!
    await driver.close()
    const query = { firstUid: FIRST_UID, slots: 4, supervisorPid: undefined, endedPids: [endedPid] }
    expect(await findLeftovers(query)).toEqual([])
  })
})
