import { createContext, useContext, useSyncExternalStore } from 'react'

import type { Action, AppState } from '../state/store.js'
import type { Services } from './services.js'

export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) {
    throw new Error('A component was used outside the page.')
  }
  return services
}

/** The selected part of the state; select values that stay the same object while nothing changed. */
export function useAppState<T>(select: (state: AppState) => T): T {
  const { store } = useServices()
  return useSyncExternalStore(store.subscribe, () => select(store.getState()))
}

export function useDispatch(): (action: Action) => void {
  return useServices().store.dispatch
}
