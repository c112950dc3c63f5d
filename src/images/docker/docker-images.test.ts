import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadLanguages } from '../../languages/registry.js'
import { planImages } from '../recipe.js'
import { baseDockerfile, labelDockerfile, languageDockerfile, quote } from './dockerfile.js'
import { followAnswer } from './engine-answer.js'
import { ImageNames, agentSourcesHash } from './names.js'

const { all } = await loadLanguages()
const plan = planImages(all)
const naming = { registry: undefined, debianImage: 'debian:trixie', agentHash: 'a' }
const python = plan.languages.find(({ id }) => id === 'python') ?? plan.base

describe('names of Docker images', () => {
  it('carry the hash of everything that makes the image', () => {
    const name = new ImageNames(naming).name(python)
    expect(name).toMatch(/^codeexec\/python:[0-9a-f]{16}$/)
    for (const other of [{ agentHash: 'b' }, { debianImage: 'debian:13' }])
      expect(new ImageNames({ ...naming, ...other }).name(python)).not.toBe(name)
    expect(new ImageNames(naming).name({ ...python, hash: 'other' })).not.toBe(name)
  })

  it('begin with the registry, which has to be one', () => {
    const names = new ImageNames({ ...naming, registry: 'registry.example.com:5000/team' })
    expect(names.name(python)).toMatch(/^registry\.example\.com:5000\/team\/codeexec\/python:/)
    for (const registry of ['https://registry', 'a b', '-x', ''])
      expect(() => new ImageNames({ ...naming, registry })).toThrow(/cannot be a registry/)
  })

  it('hold the agent’s sources in one hash', () => {
    expect(agentSourcesHash(fileURLToPath(new URL('../../../native', import.meta.url)))).toMatch(
      /^[0-9a-f]{64}$/,
    )
  })
})

describe('Dockerfiles', () => {
  it('of every language install what its recipe names, and end as nobody with the agent in place', () => {
    for (const language of all) {
      const text = languageDockerfile(language, 'parent:tag')
      expect(text).toContain('FROM parent:tag\n')
      for (const name of language.image.packages) expect(text).toContain(name)
      const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line))
      expect(instructions.slice(-3)).toEqual([
        'COPY agent /usr/local/lib/codeexec/agent',
        'USER 900000:900000',
        'WORKDIR /box',
      ])
    }
    expect(baseDockerfile('debian:trixie')).toContain('FROM debian:trixie\n')
  })

  it('do all that a recipe says in one layer, and take set-id bits away in it', () => {
    for (const language of all) {
      const runs = languageDockerfile(language, 'parent')
        .split('\n')
        .filter((line) => line.startsWith('RUN '))
      expect(runs).toHaveLength(1)
    }
    expect(languageDockerfile(all[0]!, 'parent')).toContain('chmod ug-s')
  })

  it('say the same to a shell as the recipe’s words', () => {
    const words = ['plain', 'two words', "it's", '$HOME', '`id`', '"', '\\', 'a;b', '*', 'new\nline', '']
    for (const word of words) {
      const said = execFileSync('sh', ['-c', `printf '%s|' ${quote(word)}`], { encoding: 'utf8' })
      expect(said).toBe(`${word}|`)
    }
  })

  it('label an image with what it says of itself, as text', () => {
    expect(labelDockerfile('x:y', 'python', 'hash', '3.13 "final"')).toContain(
      String.raw`LABEL io.codeexec.version="3.13 \"final\""`,
    )
  })
})

describe('an engine’s answer', () => {
  it('tells of steps as they come, and fails with the engine’s reason', async () => {
    const steps: string[] = []
    const lines = [
      '{"stream":"Step 1/2 : FROM x\\n"}',
      '',
      '{"stream":"E: no such package\\n"}',
      '{"error":"exit 100"}',
    ]
    const answer = Readable.from(lines.map((line) => `${line}\n`))
    await expect(followAnswer(answer, (step) => steps.push(step))).rejects.toThrow(
      /exit 100.*no such package/,
    )
    expect(steps).toEqual(['Step 1/2 : FROM x'])
  })
})
