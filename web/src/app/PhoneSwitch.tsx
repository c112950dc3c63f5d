import { Icon } from '../ui/Icon.js'
import { useAppState, useDispatch } from './context.js'

/** On a phone: code or output, whichever the thumb asks for. */
export function PhoneSwitch() {
  const dispatch = useDispatch()
  const view = useAppState((state) => state.view.phoneView)
  return (
    <nav className="phone-switch" aria-label="View">
      <button
        type="button"
        aria-pressed={view === 'code'}
        onClick={() => dispatch({ type: 'phone-view-shown', view: 'code' })}
      >
        <Icon name="file" />
        Code
      </button>
      <button
        type="button"
        aria-pressed={view === 'output'}
        onClick={() => dispatch({ type: 'phone-view-shown', view: 'output' })}
      >
        <Icon name="screen" />
        Output
      </button>
    </nav>
  )
}
