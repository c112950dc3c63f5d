import { describe, expect, it } from 'vitest'
import type { WorkerRecord } from '../queue/redis.js'
import { languagesBehind, WorkerImages } from './worker-images.js'

function worker(
  slots: number,
  languages: readonly string[],
  installing: readonly string[] = [],
): WorkerRecord {
  return {
    slots,
    installing,
    languages: languages.map((id) => ({ id, version: '1', hash: `hash of ${id}` })),
  }
}

const imagesOf = (...workers: WorkerRecord[]): WorkerImages => new WorkerImages(() => workers)

describe('images of workers', () => {
  it('are absent while there is no worker', () => {
    expect(imagesOf().state('python')).toBe('absent')
    expect(imagesOf().get('python')).toBeUndefined()
  })

  it('are ready when every worker that takes jobs has them', () => {
    const images = imagesOf(worker(2, ['python', 'go']), worker(2, ['python']))
    expect(images.state('python')).toBe('ready')
    expect(images.get('python')).toEqual({ id: 'python', version: '1', hash: 'hash of python', layers: [] })
    expect(images.state('go')).toBe('absent')
  })

  it('are installing when one worker prepares them, which takes nothing away from the others', () => {
    const images = imagesOf(worker(2, ['python']), worker(0, [], ['python', 'go']))
    expect(images.state('python')).toBe('ready')
    expect(images.state('go')).toBe('installing')
  })
})

describe('a worker that starts', () => {
  it('is behind while it cannot run what the others can', () => {
    const others = [worker(2, ['python', 'go']), worker(0, ['java'])]
    expect(languagesBehind(others, (id) => id === 'go')).toEqual(['python'])
    expect(languagesBehind(others, () => true)).toEqual([])
    expect(languagesBehind([], () => false)).toEqual([])
  })
})
