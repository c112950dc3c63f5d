import { describe, expect, it } from 'vitest'
import type { ImageStore, ReadyImage } from './image-store.js'
import { TriedImages } from './tried-images.js'

const image = (id: string, copy = `a copy of ${id}`): ReadyImage => ({
  id,
  hash: `hash of ${id}`,
  layers: [],
  version: '1',
  copy,
})

/** Images that are there, trials that end as told, and what was heard of them. */
function setUp(options: { readonly recorded?: readonly string[]; readonly reason?: string } = {}) {
  const present = new Map<string, ReadyImage>()
  const recorded = new Set(options.recorded)
  const trials: string[] = []
  const changes: [string, string | undefined][] = []
  const world = { reason: options.reason }
  const store: ImageStore = {
    get: (id) => present.get(id),
    state: (id) => (present.has(id) ? 'ready' : 'absent'),
    installation: () => undefined,
  }
  const images = new TriedImages({
    images: store,
    firstBackoffMs: 1,
    records: { has: ({ copy }) => recorded.has(copy ?? ''), add: ({ copy }) => recorded.add(copy ?? '') },
    prove: (tried) => {
      trials.push(tried.copy ?? '')
      return Promise.resolve(world.reason)
    },
    onChange: (id, reason) => changes.push([id, reason]),
  })
  return { present, recorded, trials, changes, world, images }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('an image', () => {
  it('is as the store says while it is not there', () => {
    const { images, trials } = setUp()
    expect([images.state('python'), images.get('python')]).toEqual(['absent', undefined])
    expect(trials).toEqual([])
  })

  it('is ready once a program has run in it, and tried once', async () => {
    const { images, present, recorded, trials } = setUp()
    present.set('python', image('python'))
    expect([images.state('python'), images.get('python')]).toEqual(['installing', undefined])
    expect(images.installation('python')).toEqual({ step: 'running a first program', fraction: null })
    await images.settled()
    expect(images.state('python')).toBe('ready')
    expect(images.get('python')).toEqual(image('python'))
    expect(images.installation('python')).toBeUndefined()
    expect(trials).toEqual(['a copy of python'])
    expect([...recorded]).toEqual(['a copy of python'])
  })

  it('is ready at once where its trial is on record, and is tried again all the same', async () => {
    const { images, present, trials, world, changes } = setUp({ recorded: ['a copy of python'] })
    world.reason = 'Permission denied'
    present.set('python', image('python'))
    expect(images.state('python')).toBe('ready')
    await images.settled()
    expect(trials).toHaveLength(1)
    expect(images.state('python')).toBe('failed')
    expect(changes).toEqual([['python', 'Permission denied']])
    await images.close()
  })

  it('is tried anew when another copy is in its place', async () => {
    const { images, present, trials } = setUp()
    present.set('python', image('python'))
    images.get('python')
    await images.settled()
    present.set('python', image('python', 'another'))
    expect(images.state('python')).toBe('installing')
    await images.settled()
    expect(trials).toEqual(['a copy of python', 'another'])
  })

  it('has failed, with the reason, until a later trial passes', async () => {
    const { images, present, changes, world } = setUp({ reason: 'Permission denied' })
    present.set('python', image('python'))
    images.get('python')
    await images.settled()
    expect([images.state('python'), images.get('python')]).toEqual(['failed', undefined])
    expect(images.reason('python')).toBe('Permission denied')
    world.reason = undefined
    await until(() => images.state('python') === 'ready')
    expect(images.reason('python')).toBeUndefined()
    expect(changes).toEqual([
      ['python', 'Permission denied'],
      ['python', undefined],
    ])
  })

  it('is not blamed when the service stops under its trial', async () => {
    const { images, present, changes } = setUp({ reason: 'cancelled' })
    present.set('python', image('python'))
    images.get('python')
    await images.close()
    expect(changes).toEqual([])
  })
})
