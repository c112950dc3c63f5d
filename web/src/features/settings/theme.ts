import type { Settings } from '../../state/settings.js'
import type { IconName } from '../../ui/Icon.js'

export const THEME_ICONS: Readonly<Record<Settings['theme'], IconName>> = {
  system: 'screen',
  light: 'sun',
  dark: 'moon',
}

export function nextTheme(theme: Settings['theme']): Settings['theme'] {
  const next = { system: 'light', light: 'dark', dark: 'system' } as const
  return next[theme]
}

/** What pressing the theme button does now. */
export function themeLabel(theme: Settings['theme']): string {
  return `Theme: ${theme}; switch to ${nextTheme(theme)}`
}

/** Tells the style sheet; without the attribute it follows the system. */
export function applyTheme(theme: Settings['theme']): void {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme']
  } else {
    document.documentElement.dataset['theme'] = theme
  }
}
