/** Fork servers as the service sees them: which command one is for, and how often it could serve. */
import { USUAL_STACK_BYTES } from '../../driver.js'
import { FrameWriter, REQUEST } from './frames.js'

/** A command whose interpreter is started ahead and forked for each program. */
export interface WarmCommand {
  /** Commands that begin with exactly these arguments are served. */
  readonly argv: readonly string[]
  /** The whole environment; commands with any other are not served. */
  readonly env: Readonly<Record<string, string>>
  /** Absolute path of the program's file: the interpreter is stopped when it first looks at it. */
  readonly entry: string
  /** Commands with any other limit on their stack are not served; USUAL_STACK_BYTES unless told. */
  readonly stackBytes?: number
}

export interface WarmCounts {
  readonly hits: number
  readonly misses: number
}

/** Asks the supervisor to keep a fork server; it has no answer, as commands are served with or without one. */
export function warmFrame(image: string, command: WarmCommand): readonly Uint8Array[] {
  const { argv, env, entry, stackBytes = USUAL_STACK_BYTES } = command
  const frame = new FrameWriter().string(image).string(entry).u64(stackBytes).u32(argv.length)
  for (const argument of argv) frame.string(argument)
  const variables = Object.entries(env)
  frame.u32(variables.length)
  for (const [name, value] of variables) frame.string(`${name}=${value}`)
  return frame.finish(REQUEST.warm, 0)
}

export function countStart(counts: Map<string, WarmCounts>, image: string, warm: boolean): void {
  const { hits, misses } = counts.get(image) ?? { hits: 0, misses: 0 }
  counts.set(image, warm ? { hits: hits + 1, misses } : { hits, misses: misses + 1 })
}
