import { useAppState } from './context.js'
import { useMedia } from '../ui/use-media.js'

/** `phone`: code or output; `right` and `bottom`: where the results are beside the code. */
export type LayoutMode = 'phone' | 'right' | 'bottom'

export function useLayout(): LayoutMode {
  const wish = useAppState((state) => state.view.settings.layout)
  const narrow = useMedia('(max-width: 639.98px)')
  const wide = useMedia('(min-width: 1000px)')
  if (narrow) {
    return 'phone'
  }
  if (wish !== 'auto') {
    return wish
  }
  return wide ? 'right' : 'bottom'
}
