/** The engine's answers to builds, pushes and pulls: lines of JSON that tell of progress and, at the end, of failure. */
import { createInterface } from 'node:readline'
import { ImageBuildError } from '../build-error.js'

interface Line {
  readonly stream?: string
  readonly status?: string
  readonly error?: string
}

/** Follows an answer to its end; rejects with the engine's own reason, and the last lines a build has said. */
export async function followAnswer(
  answer: NodeJS.ReadableStream,
  onStep: (step: string) => void,
): Promise<void> {
  const said: string[] = []
  for await (const text of createInterface({ input: answer })) {
    if (text.trim() === '') continue
    const line = JSON.parse(text) as Line
    const words = (line.stream ?? line.status ?? '').trim()
    if (line.error !== undefined) {
      const last = said.slice(-5).join(' | ')
      throw new ImageBuildError(last === '' ? line.error : `${line.error} (${last})`)
    }
    if (words === '') continue
    said.push(words)
    if (said.length > 50) said.shift()
    const step = /^Step \d+\/\d+ : (\w+)/u.exec(words)
    if (step) onStep(words.split('\n', 1)[0]?.slice(0, 100) ?? '')
  }
}
