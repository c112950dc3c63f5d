/** What a hostile case is: a program, how it is sent, and how it has to end. Data only. */
import type { Limits } from '../../src/contract/limits.js'
import type { Verdict } from '../../src/contract/verdict.js'
import type { HostFacts } from './harness/canaries.js'

export interface HostileCase {
  /** `<language>/<file name>`, below programs/. */
  readonly program: string
  /** Tells apart cases that send the same program. */
  readonly variant?: string
  /** What it tries, in a few words, for the table of results. */
  readonly tries: string
  /** How it must end; several only where the host's own settings decide which. */
  readonly verdict: Verdict | readonly Verdict[]
  readonly exitCode?: number
  readonly signal?: string
  /** Standard output, to the character. */
  readonly output?: string
  /** Each must be found in what the program or its compiler printed. */
  readonly prints?: readonly RegExp[]
  /** None may be found there; lines that begin with LEAK never may. */
  readonly neverPrints?: readonly RegExp[]
  /** At least so many lines that begin with DENIED: every attempt was made, and every one was refused. */
  readonly denials?: number
  /** Streams that must be cut and marked. */
  readonly truncated?: readonly ('stdout' | 'stderr')[]
  /** The kernel's count of CPU time must reach this. */
  readonly minCpuTimeMs?: number
  readonly limits?: Partial<Limits>
  readonly stdin?: string
  readonly args?: readonly string[] | ((host: HostFacts) => readonly string[])
  /** Further programs (`<language>/<file name>`) or texts sent along, by the name they are sent under. */
  readonly with?: Readonly<Record<string, { readonly program: string } | { readonly text: string }>>
  /** Name the program is sent under, where it is not the language's usual one. */
  readonly sentAs?: string
  /** What is otherwise where a container engine makes the sandboxes. */
  readonly docker?: EngineDifference
}

/** An engine's sandbox shows or allows something that ours does not; the reason says why that does no harm. */
export type EngineDifference = { readonly why: string } & (
  | { readonly skipped: true }
  /** Lines that begin with LEAK, each instead of a DENIED one. */
  | { readonly excused: readonly string[] }
)

const MEBIBYTE = 1_048_576

export const mebibytes = (count: number): number => count * MEBIBYTE

/** For programs that would go on for ever. */
export const BRIEF: Partial<Limits> = { wallTimeMs: 1500, cpuTimeMs: 1500 }

/** Programs in C that use probe.h need it beside them. */
export const WITH_PROBE = { 'probe.h': { program: 'c/probe.h' } } as const

/** `<language>/<file name>` and, where there is one, the variant. */
export function caseName({ program, variant }: HostileCase): string {
  return variant === undefined ? program : `${program} (${variant})`
}

export function languageOf({ program }: HostileCase): string {
  return program.slice(0, program.indexOf('/'))
}

export function isSkippedBy(driver: string, { docker }: HostileCase): boolean {
  return driver === 'docker' && docker !== undefined && 'skipped' in docker
}
