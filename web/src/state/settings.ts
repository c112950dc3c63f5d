/** What a person set; kept in the browser, read once at the start. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly fontSize: number
  readonly tabSize: number
  readonly wrapLines: boolean
  /** `auto`: the full editor, but a plain text area where fingers are the pointer. */
  readonly editor: 'auto' | 'full' | 'plain'
  /** Where the results are, on screens that have the choice. */
  readonly layout: 'auto' | 'right' | 'bottom'
  readonly analyzeWhileTyping: boolean
  readonly keepHistory: boolean
  readonly screenReader: boolean
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  fontSize: 14,
  tabSize: 4,
  wrapLines: false,
  editor: 'auto',
  layout: 'auto',
  analyzeWhileTyping: false,
  keepHistory: true,
  screenReader: false,
}

const SETTINGS_KEY = 'codeexec.settings'

export function loadSettings(storage: Storage | null): Settings {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(SETTINGS_KEY) ?? '{}')
    return typeof stored === 'object' && stored !== null ? sanitize(stored) : DEFAULT_SETTINGS
  } catch {
    return DEFAULT_SETTINGS
  }
}

export function saveSettings(storage: Storage | null, settings: Settings): void {
  try {
    storage?.setItem(SETTINGS_KEY, JSON.stringify(settings))
  } catch {
    // Storage is full or blocked: the settings hold for this visit.
  }
}

/** Keeps what has the right type and range; a damaged field falls back alone. */
function sanitize(stored: object): Settings {
  const field = (name: keyof Settings) => (stored as Record<string, unknown>)[name]
  const choice = <T extends string>(name: keyof Settings, words: readonly T[], fallback: T) =>
    words.find((word) => word === field(name)) ?? fallback
  const whole = (name: keyof Settings, min: number, max: number, fallback: number) => {
    const value = field(name)
    return typeof value === 'number' && value >= min && value <= max ? Math.round(value) : fallback
  }
  const flag = (name: keyof Settings, fallback: boolean) => {
    const value = field(name)
    return typeof value === 'boolean' ? value : fallback
  }
  return {
    theme: choice('theme', ['system', 'light', 'dark'], DEFAULT_SETTINGS.theme),
    fontSize: whole('fontSize', 10, 28, DEFAULT_SETTINGS.fontSize),
    tabSize: whole('tabSize', 1, 8, DEFAULT_SETTINGS.tabSize),
    wrapLines: flag('wrapLines', DEFAULT_SETTINGS.wrapLines),
    editor: choice('editor', ['auto', 'full', 'plain'], DEFAULT_SETTINGS.editor),
    layout: choice('layout', ['auto', 'right', 'bottom'], DEFAULT_SETTINGS.layout),
    analyzeWhileTyping: flag('analyzeWhileTyping', DEFAULT_SETTINGS.analyzeWhileTyping),
    keepHistory: flag('keepHistory', DEFAULT_SETTINGS.keepHistory),
    screenReader: flag('screenReader', DEFAULT_SETTINGS.screenReader),
  }
}
