import { expect } from 'vitest'

import { KIB, MIB, byKey, textFile } from './bench.js'
import type { CaseGroup } from './case.js'

const WRITABLE = ['/box', '/out', '/tmp', '/dev/shm'] as const

/** The work folder, what may be written where, and how much. */
export const files: CaseGroup = (test) => {
  test('puts the files where they belong, byte by byte', ['cat'], async (bench) => {
    const binary = Buffer.from([0, 255, 10, 0, 0xc3])
    const deep = textFile('a/b c/ü/deep.txt', 'deep\n')
    const sources = [
      textFile('top.txt', 'top\n'),
      deep,
      { name: 'data.bin', content: binary },
      textFile('empty', ''),
    ]
    const ended = await bench.run('cat', ['top.txt', '/box/a/b c/ü/deep.txt', 'empty', 'data.bin'], {
      files: sources,
    })
    expect(ended).toMatchObject({ exitCode: 0 })
    expect(ended.stdout.equals(Buffer.concat([Buffer.from('top\ndeep\n'), binary]))).toBe(true)
  })

  test('puts a file of several MiB in place', ['cat'], async (bench) => {
    const content = Buffer.alloc(5 * MIB, 'content of a large file\n')
    const ended = await bench.run('cat', ['large'], {
      files: [{ name: 'large', content }],
      limits: { outputBytes: 6 * MIB },
    })
    expect(ended.stdout.equals(content)).toBe(true)
  })

  test(
    'keeps the sources as they are, whatever the program tries',
    ['tamper', 'cat', 'describe'],
    async (bench) => {
      await bench.inSandbox(
        async (box) => {
          for (const name of ['source.txt', 'folder/source.txt']) {
            const ways = byKey((await box.run('tamper', [`/box/${name}`])).lines)
            expect(ways.size).toBe(7)
            for (const [way, errno] of ways)
              expect([way, errno]).toEqual([
                way,
                expect.stringMatching(/^(EACCES|EPERM|EROFS|EXDEV|EBUSY)$/u),
              ])
            expect((await box.run('cat', [name])).stdout.toString()).toBe('unchanged')
          }
          expect((await box.run('describe', ['/box/source.txt'])).lines).toEqual(['/box/source.txt 444 0'])
        },
        { files: [textFile('source.txt', 'unchanged'), textFile('folder/source.txt', 'unchanged')] },
      )
    },
  )

  test('lets the program add files beside the sources', ['write-file', 'cat'], async (bench) => {
    await bench.inSandbox(async (box) => {
      for (const folder of WRITABLE) {
        expect(await box.run('write-file', [`${folder}/new.txt`, folder])).toMatchObject({ exitCode: 0 })
      }
      const ended = await box.run(
        'cat',
        WRITABLE.map((folder) => `${folder}/new.txt`),
      )
      expect(ended.stdout.toString()).toBe(WRITABLE.join(''))
    })
  })

  const artefacts = [
    { name: 'a.class', content: Buffer.from('read'), executable: false },
    { name: 'lib/program', content: Buffer.from('executed'), executable: true },
  ]

  test('has artefacts where a compiler would have left them', ['cat', 'write-file'], async (bench) => {
    await bench.inSandbox(
      async (box) => {
        for (let time = 0; time < 2; time++) {
          const ended = await box.run('cat', ['/out/a.class', '/out/lib/program'])
          expect(ended.stdout.toString()).toBe('readexecuted')
        }
        expect(await box.run('write-file', ['/out/a.class', 'changed'])).toMatchObject({ exitCode: 0 })
        expect((await box.run('cat', ['/out/a.class'])).stdout.toString()).toBe('changed')
      },
      { artefacts },
    )
  })

  test('gives artefacts to the program, as a compiler would', ['describe'], async (bench) => {
    const ended = await bench.run('describe', ['/out/a.class', '/out/lib', '/out/lib/program'], { artefacts })
    expect(ended.lines).toEqual([
      expect.stringMatching(/^\/out\/a\.class 644 [1-9]\d*$/u),
      expect.stringMatching(/^\/out\/lib 755 [1-9]\d*$/u),
      expect.stringMatching(/^\/out\/lib\/program 755 [1-9]\d*$/u),
    ])
  })

  test('gives a new sandbox nothing of an earlier one', ['write-file', 'create'], async (bench) => {
    const paths = WRITABLE.map((folder) => `${folder}/trace`)
    await bench.inSandbox(async (box) => {
      for (const path of paths) await box.run('write-file', [path, 'secret'])
    })
    expect((await bench.run('create', paths)).lines).toEqual(paths.map((path) => `${path} ok`))
  })

  test('has a root that cannot be written to', ['create', 'mount-flags'], async (bench) => {
    const paths = [
      '/new',
      '/etc/new',
      '/usr/bin/new',
      '/lib/new',
      '/root/new',
      '/var/new',
      '/var/tmp/new',
      '/home/new',
      '/dev/new',
      '/proc/new',
    ]
    for (const [path, errno] of byKey((await bench.run('create', paths)).lines)) {
      expect([path, errno]).toEqual([path, expect.stringMatching(/^(EROFS|EACCES|EPERM|ENOENT)$/u)])
    }
    expect((await bench.run('mount-flags', ['/'])).lines).toEqual([expect.stringMatching(/^\/ ro/u)])
  })

  test(
    'honours no set-user-id bit and no device in what the program can write',
    ['mount-flags'],
    async (bench) => {
      const ended = await bench.run('mount-flags', [...WRITABLE])
      expect(ended.lines).toHaveLength(WRITABLE.length)
      for (const line of ended.lines) expect(line).toMatch(/ nosuid nodev$/u)
    },
  )

  test('bounds the bytes of all files together', ['fill'], async (bench) => {
    const ended = await bench.run('fill', [...WRITABLE], { fileSystemBytes: 8 * MIB })
    const [bytes, errno] = (ended.lines[0] ?? '').split(' ')
    expect(errno).toBe('ENOSPC')
    expect(Number(bytes)).toBeGreaterThan(4 * MIB)
    expect(Number(bytes)).toBeLessThanOrEqual(8 * MIB)
  })

  test('bounds the number of files', ['count-files'], async (bench) => {
    const ended = await bench.run('count-files')
    const [count, errno] = (ended.lines[0] ?? '').split(' ')
    expect(errno).toBe('ENOSPC')
    expect(Number(count)).toBeGreaterThan(500)
  })

  test('bounds the size of one file', ['grow-file'], async (bench) => {
    const limits = { fileSizeBytes: MIB }
    expect((await bench.run('grow-file', ['ignore'], { limits })).lines).toEqual([`${MIB} EFBIG`])
    const ended = await bench.run('grow-file', ['default'], { limits })
    expect(ended).toMatchObject({ exitCode: null, signal: 'SIGXFSZ', stopReason: null })
  })

  test('bounds the size of a file without content', ['sparse-file'], async (bench) => {
    expect((await bench.run('sparse-file')).lines).toEqual(['sparse EFBIG'])
  })

  test('bounds open descriptors', ['count-descriptors'], async (bench) => {
    const ended = await bench.run('count-descriptors')
    const [count, errno] = (ended.lines[0] ?? '').split(' ')
    expect(errno).toBe('EMFILE')
    expect(Number(count)).toBeGreaterThanOrEqual(61)
  })

  test(
    'writes no core file, and bounds what the kernel keeps for a program',
    ['resource-limits'],
    async (bench) => {
      const ended = await bench.run('resource-limits', [], { limits: { fileSizeBytes: 777 * KIB } })
      const limits = new Map(ended.lines.map((line) => [line.split(' ')[0], line.split(' ').slice(1)]))
      // 1 is too little for any core file, and also keeps the kernel from handing one to a helper of the host.
      for (const core of limits.get('core') ?? ['unlimited']) expect(['0', '1']).toContain(core)
      expect(limits.get('fsize')).toEqual([String(777 * KIB), String(777 * KIB)])
      expect(limits.get('nofile')).not.toContain('unlimited')
      expect(limits.get('memlock')).not.toContain('unlimited')
      expect(limits.get('rtprio')).toEqual(['0', '0'])
    },
  )

  test(
    'keeps the files of a command for the next one, and nothing else of it',
    ['write-file', 'cat', 'list-processes'],
    async (bench) => {
      await bench.inSandbox(async (box) => {
        await box.run('write-file', ['/out/artefact', 'made by the first'])
        expect((await box.run('cat', ['/out/artefact'])).stdout.toString()).toBe('made by the first')
        expect((await box.run('list-processes')).lines.length).toBeLessThanOrEqual(3)
      })
    },
  )

  test(
    'tells what commands have left, so that another sandbox can be given it',
    ['write-file', 'cat'],
    async (bench) => {
      const taken = await bench.inSandbox(async (box) => {
        await box.run('write-file', ['/out/artefact', 'made by the first'])
        const left = await box.sandbox.artefacts?.(16 * MIB)
        await box.run('write-file', ['/out/artefact', 'changed'])
        return left
      })
      expect(taken?.map(({ name }) => name)).toContain('artefact')
      await bench.inSandbox(
        async (box) => {
          expect((await box.run('cat', ['/out/artefact'])).stdout.toString()).toBe('made by the first')
          expect((await box.run('write-file', ['/out/artefact', 'changed'])).exitCode).toBe(0)
          expect((await box.run('cat', ['/out/artefact'])).stdout.toString()).toBe('changed')
          expect(await box.sandbox.artefacts?.(4)).toBeUndefined()
          await box.run('write-file', ['/tmp/scratch', 'x'])
          expect(await box.sandbox.artefacts?.(16 * MIB)).toBeUndefined()
        },
        { ...(taken && { artefacts: taken }) },
      )
    },
  )

  test(
    'shows an ephemeral command the files, and forgets what it does to them',
    ['write-file', 'cat', 'list-folder'],
    async (bench) => {
      const ephemeral = true
      await bench.inSandbox(async (box) => {
        await box.run('write-file', ['/out/artefact', 'made by the first'])
        await box.run('write-file', ['/tmp/scratch', 'made by the first'])
        for (const text of ['second', 'third']) {
          expect((await box.run('cat', ['/out/artefact'], { ephemeral })).stdout.toString()).toBe(
            'made by the first',
          )
          expect((await box.run('list-folder', ['/tmp'], { ephemeral })).stdout.toString()).not.toContain(
            'scratch',
          )
          expect((await box.run('write-file', ['/out/artefact', text], { ephemeral })).exitCode).toBe(0)
          expect((await box.run('write-file', ['/box/added', text], { ephemeral })).exitCode).toBe(0)
          expect((await box.run('list-folder', ['/box'], { ephemeral })).stdout.toString()).not.toContain(
            'added',
          )
        }
        expect((await box.run('cat', ['/tmp/scratch'])).stdout.toString()).toBe('made by the first')
      })
    },
  )
}
