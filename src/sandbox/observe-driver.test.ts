import { expect, it } from 'vitest'
import { LIMITS } from '../execution/test-support.js'
import type { Command } from './driver.js'
import { createFakeDriver } from './drivers/fake/driver.js'
import { observeDriver } from './observe-driver.js'

const SPEC = { executionId: 'one', image: 'fake', files: [], fileSystemBytes: 1 }

function command(overrides: Partial<Command> = {}): Command {
  const limits = { ...LIMITS, cpus: 1 }
  return {
    argv: ['hello'],
    env: {},
    cwd: '',
    stdin: new Uint8Array(),
    limits,
    onOutput: () => {},
    ...overrides,
  }
}

it('tells once of each sandbox how long it took until its first program ran', async () => {
  const openings: { image: string; durationMs: number }[] = []
  const fake = createFakeDriver({ programs: { hello: () => Promise.resolve(0) } })
  const driver = observeDriver(fake, (opening) => openings.push(opening))
  const sandbox = await driver.open(SPEC)
  expect(openings).toEqual([])
  let started = 0
  await sandbox.run(command({ onStart: () => started++ }))
  await sandbox.run(command())
  expect(started).toBe(1)
  expect(openings).toEqual([{ image: 'fake', durationMs: expect.any(Number) }])
  await sandbox.dispose()
  expect(fake.openSandboxes()).toEqual([])
})

it('passes on what the driver refuses, and tells nothing of it', async () => {
  const openings: unknown[] = []
  const driver = observeDriver(createFakeDriver(), (opening) => openings.push(opening))
  await expect(driver.open({ ...SPEC, image: 'none' })).rejects.toThrow('there is no image none')
  expect(openings).toEqual([])
})
