export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Where it keeps its files. */
  readonly directory: string
  start(): Promise<void>
  end(signal: NodeJS.Signals): Promise<void>
  /** Loses everything, as a server without persistence does that starts again. */
  forget(): Promise<string>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

export function hasRedis(): boolean

export function startRedis(options?: {
  readonly appendOnly?: boolean
  readonly options?: readonly string[]
}): Promise<RedisServer>
