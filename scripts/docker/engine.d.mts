export class PrivateEngine {
  /** `moreArguments` are dockerd's own. */
  constructor(dataRoot?: string, moreArguments?: readonly string[])
  readonly dataRoot: string
  readonly socket: string
  readonly host: string
  start(): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
  dispose(): Promise<void>
  answers(): Promise<boolean>
  answersForContainers(): Promise<boolean>
}
export const CACHE: string
export function unfitness(): string | undefined
