interface TypedAction {
  readonly type: string
}

/** One function per action type; a slice lists the actions it cares about, and others pass it by. */
export type Handlers<State, Action extends TypedAction> = {
  readonly [Type in Action['type']]: (state: State, action: Extract<Action, { type: Type }>) => State
}

export type Reducer<State> = (state: State, action: TypedAction) => State

/** `isStale` names actions that come too late to count, such as the answer to a request since replaced. */
export function createReducer<State, Action extends TypedAction>(
  handlers: Handlers<State, Action>,
  isStale: (state: State, action: TypedAction) => boolean = () => false,
): Reducer<State> {
  const byType: Readonly<Record<string, ((state: State, action: never) => State) | undefined>> = handlers
  return (state, action) => {
    const handle = byType[action.type]
    return handle && !isStale(state, action) ? handle(state, action as never) : state
  }
}

/** True when the action answers another request than the state's latest one. */
export function answersAnotherRequest(
  state: { readonly sequence: number },
  action: TypedAction & { readonly sequence?: number },
): boolean {
  return (
    action.sequence !== undefined && action.sequence !== state.sequence && !action.type.endsWith('-started')
  )
}
