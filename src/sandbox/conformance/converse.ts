import { once, EventEmitter } from 'node:events'

import type { RunningCommand } from '../driver.js'
import type { Bench, Ended, RunOptions } from './bench.js'
import type { ProgramName } from './programs.js'

/** Runs a program that `talk` talks to; `said` waits until the program has written the text. */
export async function converse(
  bench: Bench,
  program: ProgramName,
  options: RunOptions,
  talk: (running: RunningCommand, said: (text: string) => Promise<void>) => Promise<void>,
): Promise<Ended> {
  let text = ''
  const news = new EventEmitter()
  const said = async (expected: string): Promise<void> => {
    while (!text.includes(expected)) await once(news, 'output')
  }
  const talked = once(news, 'start').then(([running]: RunningCommand[]) => running && talk(running, said))
  const ended = bench.run(program, [], {
    ...options,
    onStart: (running) => news.emit('start', running),
    onOutput: (_stream, chunk) => {
      text += Buffer.from(chunk).toString('latin1')
      news.emit('output')
    },
  })
  await Promise.race([talked, ended])
  return ended
}
