import { useCallback, useSyncExternalStore } from 'react'

/** The time in steps of `everyMs`, renewed with each step while `active`. */
export function useNow(everyMs: number, active: boolean): number {
  const subscribe = useCallback(
    (listener: () => void) => {
      const timer = active ? setInterval(listener, everyMs) : undefined
      return () => clearInterval(timer)
    },
    [everyMs, active],
  )
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / everyMs) * everyMs)
}
