export interface ParentGroup {
  readonly version: 1 | 2
  /** One for each hierarchy. */
  readonly folders: readonly string[]
  argv(command: readonly string[]): string[]
  peakBytes(): number
  cpuMs(): number
  /** Groups that others have made below it. */
  groups(): string[]
  remove(): Promise<void>
}

export function argvWithin(folders: readonly string[], command: readonly string[]): string[]

export function rootGroups(): string[]

export function makeParentGroup(limits: {
  readonly memoryBytes: number
  readonly cpus: number
  readonly processes?: number
}): ParentGroup
