import { browserStorage } from '../state/drafts.js'
import { MAX_SHARE, MIN_SHARE } from '../ui/Splitter.js'

/** How much of the window the results have, in percent, in either layout. */
export interface SplitShares {
  readonly right: number
  readonly bottom: number
}

const KEY = 'codeexec.split'
const DEFAULT: SplitShares = { right: 42, bottom: 44 }

export function loadShares(): SplitShares {
  try {
    const stored = JSON.parse(browserStorage()?.getItem(KEY) ?? '{}') as Partial<SplitShares>
    return { right: sane(stored.right, DEFAULT.right), bottom: sane(stored.bottom, DEFAULT.bottom) }
  } catch {
    return DEFAULT
  }
}

export function saveShares(shares: SplitShares): void {
  try {
    browserStorage()?.setItem(KEY, JSON.stringify(shares))
  } catch {
    // It holds for this visit.
  }
}

function sane(value: unknown, fallback: number): number {
  return typeof value === 'number' && value >= MIN_SHARE && value <= MAX_SHARE ? value : fallback
}
