import { describe, expect, it } from 'vitest'

import { CompileCache } from './compile-cache.js'
import type { CachedCompile } from './compile-cache.js'

const KIB = 1024
/** Room for eight of 14 KiB. */
const MOST_BYTES = 128 * KIB

function compiled(bytes: number, more: Partial<CachedCompile> = {}): CachedCompile {
  return {
    language: 'c',
    result: {
      stdout: '',
      stderr: '',
      output: '',
      exitCode: 0,
      signal: null,
      stopReason: null,
      truncated: { stdout: false, stderr: false },
      usage: { wallTimeMs: 1, cpuTimeMs: 1, memoryBytes: 1 },
    },
    output: [],
    artefacts: [{ name: 'program', content: Buffer.alloc(bytes, 'x'), executable: true }],
    ...more,
  }
}

const keysIn = (cache: CompileCache, keys: readonly string[]): readonly string[] =>
  keys.filter((key) => cache.find(key, 'c') !== undefined)

describe('the compile cache', () => {
  it('gives back what was stored, and counts', () => {
    const cache = new CompileCache(MOST_BYTES)
    expect(cache.find('a', 'c')).toBeUndefined()
    cache.store('a', compiled(10))
    expect(cache.find('a', 'c')).toEqual({
      ...compiled(10),
      artefacts: [{ name: 'program', content: new Uint8Array(10).fill(120), executable: true }],
    })
    expect(cache.find('b', 'c')).toBeUndefined()
    const [figures] = cache.figures()
    expect(figures).toMatchObject({ language: 'c', hits: 1, misses: 2, stores: 1, evictions: 0, entries: 1 })
    expect(figures?.bytes).toBeGreaterThan(10)
  })

  it('keeps bytes of its own, whatever happens to those it got', () => {
    const cache = new CompileCache(MOST_BYTES)
    const large = Buffer.alloc(1 << 20, 'x')
    const content = large.subarray(5, 15)
    const chunk = Buffer.from('a warning')
    cache.store(
      'a',
      compiled(0, {
        artefacts: [{ name: 'a', content, executable: false }],
        output: [{ stream: 'stderr', chunk }],
      }),
    )
    large.fill('y')
    chunk.fill('y')
    const kept = cache.find('a', 'c')
    expect(Buffer.from(kept?.artefacts[0]?.content ?? []).toString()).toBe('xxxxxxxxxx')
    expect(kept?.artefacts[0]?.content.buffer.byteLength).toBe(10)
    expect(Buffer.from(kept?.output[0]?.chunk ?? []).toString()).toBe('a warning')
  })

  it('stays within its bytes and forgets what was not asked for the longest', () => {
    const cache = new CompileCache(MOST_BYTES)
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    for (const key of keys) cache.store(key, compiled(14 * KIB))
    expect(cache.figures()[0]).toMatchObject({ stores: 8, evictions: 0, entries: 8 })
    expect(cache.find('a', 'c')).toBeDefined()
    cache.store('i', compiled(14 * KIB))
    expect(keysIn(cache, [...keys, 'i'])).toEqual(['a', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
    for (let round = 0; round < 500; round++)
      cache.store(`round ${round}`, compiled((round * 37) % (14 * KIB)))
    const [figures] = cache.figures()
    expect(figures?.bytes).toBeLessThanOrEqual(MOST_BYTES)
    expect(figures).toMatchObject({ stores: 509 })
    expect((figures?.stores ?? 0) - (figures?.evictions ?? 0)).toBe(figures?.entries)
  })

  it('refuses what would take more than its part', () => {
    const cache = new CompileCache(MOST_BYTES)
    cache.store('small', compiled(10))
    cache.store('large', compiled(cache.mostEntryBytes))
    cache.store(
      'many',
      compiled(0, {
        artefacts: Array.from({ length: 200 }, (_, index) => ({
          name: String(index),
          content: new Uint8Array(),
          executable: false,
        })),
      }),
    )
    cache.store(
      'loud',
      compiled(0, { result: { ...compiled(0).result, output: 'x'.repeat(cache.mostEntryBytes / 2) } }),
    )
    expect(keysIn(cache, ['small', 'large', 'many', 'loud'])).toEqual(['small'])
    expect(cache.figures()[0]).toMatchObject({ stores: 1, unfit: 3, evictions: 0 })
  })

  it('leaves the first of two that were compiled at the same time', () => {
    const cache = new CompileCache(MOST_BYTES)
    cache.store('a', compiled(10))
    cache.store('a', compiled(20))
    expect(cache.find('a', 'c')?.artefacts[0]?.content.length).toBe(10)
    expect(cache.figures()[0]).toMatchObject({ stores: 1, entries: 1 })
  })

  it('forgets what came from a compiler that serves no more', () => {
    const cache = new CompileCache(MOST_BYTES)
    let serves = true
    cache.store('a', compiled(10, { isCurrent: () => serves }))
    expect(cache.find('a', 'c')).toBeDefined()
    serves = false
    expect(cache.find('a', 'c')).toBeUndefined()
    expect(cache.figures()[0]).toMatchObject({ hits: 1, misses: 1, evictions: 1, entries: 0, bytes: 0 })
    cache.store('a', compiled(20))
    expect(cache.find('a', 'c')?.artefacts[0]?.content.length).toBe(20)
  })

  it('puts another compiler in the place of one that serves no more', () => {
    const cache = new CompileCache(MOST_BYTES)
    let serves = true
    cache.store('a', compiled(10, { isCurrent: () => serves }))
    serves = false
    cache.store('a', compiled(15, { isCurrent: () => serves }))
    cache.store('a', compiled(20))
    expect(cache.find('a', 'c')?.artefacts[0]?.content.length).toBe(20)
    expect(cache.figures()[0]).toMatchObject({ stores: 2, evictions: 1, entries: 1 })
  })

  it('counts by language', () => {
    const cache = new CompileCache(MOST_BYTES)
    cache.store('a', compiled(10))
    cache.store('b', compiled(10, { language: 'go' }))
    cache.noteUnfit('java')
    expect(cache.figures()).toMatchObject([
      { language: 'c', stores: 1, unfit: 0 },
      { language: 'go', stores: 1 },
      { language: 'java', stores: 0, unfit: 1, entries: 0, bytes: 0 },
    ])
  })
})
