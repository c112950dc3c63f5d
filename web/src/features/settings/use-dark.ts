import { useAppState } from '../../app/context.js'
import { useMedia } from '../../ui/use-media.js'

/** Whether the page is dark now, by choice or by the system. */
export function useDark(): boolean {
  const theme = useAppState((state) => state.view.settings.theme)
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  return theme === 'system' ? systemDark : theme === 'dark'
}
