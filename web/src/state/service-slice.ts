import { createReducer } from './reducer.js'
import type { Capabilities } from '../api/client.js'
import type { Language } from '../api/wire.js'

export interface ServiceState {
  readonly connection: 'connecting' | 'ready' | 'offline' | 'restarting'
  readonly languages: readonly Language[]
  /** Null until the server told; then features are offered as it has them. */
  readonly capabilities: Capabilities | null
}

export type ServiceAction =
  | { readonly type: 'languages-loaded'; readonly languages: readonly Language[] }
  | { readonly type: 'capabilities-known'; readonly capabilities: Capabilities }
  | { readonly type: 'connection-changed'; readonly connection: ServiceState['connection'] }

export const INITIAL_SERVICE: ServiceState = { connection: 'connecting', languages: [], capabilities: null }

export const reduceService = createReducer<ServiceState, ServiceAction>({
  'languages-loaded': (state, action) => ({ ...state, languages: action.languages }),
  'capabilities-known': (state, action) => ({ ...state, capabilities: action.capabilities }),
  'connection-changed': (state, action) =>
    state.connection === action.connection ? state : { ...state, connection: action.connection },
})
