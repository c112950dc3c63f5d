/** What signals mean: the first drains, a second one ends at once. */

/**
 * One Ctrl-C can arrive twice, from the terminal and passed on by the package manager in between; a person who wants
 * to force the end presses again after this time.
 */
const SAME_SIGNAL_MS = 1000

export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown
}

export interface ShutdownActions {
  /** Called once. */
  readonly drain: (signal: string) => void
  /** Called when a later signal says that draining takes too long. */
  readonly force: (signal: string) => void
}

/** Connects SIGTERM and SIGINT to the two actions. `now` gives milliseconds. */
export function onShutdownSignals(
  source: SignalSource,
  { drain, force }: ShutdownActions,
  now: () => number = () => performance.now(),
): void {
  let firstMs: number | undefined
  const listener = (signal: string): void => {
    if (firstMs === undefined) {
      firstMs = now()
      drain(signal)
    } else if (now() - firstMs > SAME_SIGNAL_MS) {
      force(signal)
    }
  }
  source.on('SIGTERM', listener)
  source.on('SIGINT', listener)
}
