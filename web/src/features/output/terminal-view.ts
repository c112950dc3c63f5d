/** xterm.js on an element: draws the stream, gives what is typed, keeps its size to the element's. */
import { FitAddon } from '@xterm/addon-fit'
import { Terminal, type ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'

import type { TerminalSize } from '../../api/interactive.js'
import { copyText } from '../../ui/copy-text.js'
import { EDITOR_FONT } from '../editor/editor-types.js'
import type { TerminalStream } from './terminal-stream.js'

const SCROLLBACK_LINES = 10_000

const LIGHT: ITheme = {
  background: '#ffffff',
  foreground: '#1b222c',
  cursor: '#1b222c',
  selectionBackground: '#bcd7f5',
  black: '#1b222c',
  red: '#b42318',
  green: '#137a45',
  yellow: '#8a5a00',
  blue: '#0b5cb5',
  magenta: '#8a2a9b',
  cyan: '#0a6f7d',
  white: '#566070',
  brightBlack: '#566070',
  brightRed: '#b42318',
  brightGreen: '#137a45',
  brightYellow: '#8a5a00',
  brightBlue: '#0b5cb5',
  brightMagenta: '#8a2a9b',
  brightCyan: '#0a6f7d',
  brightWhite: '#1b222c',
}
const DARK: ITheme = {
  background: '#12151a',
  foreground: '#e3e7ed',
  cursor: '#e3e7ed',
  selectionBackground: '#2f4a68',
  black: '#20252d',
  red: '#ff8f85',
  green: '#62d394',
  yellow: '#e7b95c',
  blue: '#7db8ff',
  magenta: '#d9a1ea',
  cyan: '#6fd3de',
  white: '#e3e7ed',
  brightBlack: '#9aa6b5',
  brightRed: '#ffa9a1',
  brightGreen: '#86e2ae',
  brightYellow: '#f2d08a',
  brightBlue: '#a3ceff',
  brightMagenta: '#e7c0f2',
  brightCyan: '#9be3ea',
  brightWhite: '#ffffff',
}

export interface TerminalLook {
  readonly dark: boolean
  readonly fontSize: number
  readonly screenReader: boolean
}

export interface TerminalView {
  applyLook(look: TerminalLook): void
  /**
   * Whether the program reads the keyboard. When it begins to, the focus comes here, and goes back where it was when
   * the program ends; where a touch would bring up a keyboard on the screen, the person decides.
   */
  setTyping(takesInput: boolean, running: boolean): void
  dispose(): void
}

interface Handlers {
  readonly onInput: (data: string) => void
  readonly onResize: (size: TerminalSize) => void
  readonly isRunning: () => boolean
}

export function createTerminalView(
  host: HTMLElement,
  stream: TerminalStream,
  handlers: Handlers,
): TerminalView {
  const terminal = new Terminal({
    fontFamily: EDITOR_FONT,
    scrollback: SCROLLBACK_LINES,
    // A program without a terminal prints bare line feeds; one with a terminal sends both.
    convertEol: true,
    cursorBlink: false,
    disableStdin: true,
    theme: LIGHT,
    minimumContrastRatio: 4.5,
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(host)
  terminal.onData(handlers.onInput)
  // The terminal's event carries more than the size, and the service refuses what it does not know.
  terminal.onResize(({ cols, rows }) => handlers.onResize({ cols, rows }))
  terminal.attachCustomKeyEventHandler((event) => keepForTheProgram(event, terminal, handlers.isRunning()))

  // A hidden terminal has no size; its last one stays.
  const observer = new ResizeObserver(() => {
    if (host.clientWidth > 0 && host.clientHeight > 0) {
      fit.fit()
    }
  })
  observer.observe(host)
  // The first drawing takes several times as long as the next ones: it is done before anybody waits for it.
  terminal.write(' \r')
  const detach = stream.attach({
    write: (text, done) => terminal.write(text, done),
    reset: () => terminal.reset(),
  })

  let dark = false
  let takesInput = false
  /** Where the person was when the program took the keyboard. */
  let before: HTMLElement | null = null

  // A cursor says “type here”; it is there only while that is true.
  const applyTheme = () => {
    const theme = dark ? DARK : LIGHT
    terminal.options.theme = takesInput ? theme : { ...theme, cursor: theme.background ?? '' }
    terminal.options.cursorInactiveStyle = takesInput ? 'outline' : 'none'
  }

  return {
    applyLook: (look) => {
      dark = look.dark
      applyTheme()
      const { fontSize, screenReader } = look
      terminal.options.fontSize = fontSize - 1
      terminal.options.screenReaderMode = screenReader
      if (host.clientWidth > 0) {
        fit.fit()
      }
      handlers.onResize({ cols: terminal.cols, rows: terminal.rows })
    },
    setTyping: (takes, running) => {
      takesInput = takes
      applyTheme()
      terminal.options.disableStdin = !running
      if (takesInput && !matchMedia('(pointer: coarse)').matches) {
        before = document.activeElement instanceof HTMLElement ? document.activeElement : null
        terminal.focus()
      } else if (!running && host.contains(document.activeElement)) {
        before?.focus()
      }
    },
    dispose: () => {
      observer.disconnect()
      detach()
      terminal.dispose()
    },
  }
}

/** False for keys that belong to the browser or the page: leaving by Tab, copying, running, moving between regions. */
function keepForTheProgram(event: KeyboardEvent, terminal: Terminal, running: boolean): boolean {
  const command = event.ctrlKey || event.metaKey
  if (event.key === 'F6' || (event.key === 'Tab' && !running) || (command && event.key === 'Enter')) {
    return false
  }
  if (command && event.key === 'c' && terminal.hasSelection()) {
    if (event.type === 'keydown') {
      void copyText(terminal.getSelection())
      terminal.clearSelection()
    }
    return false
  }
  return !(command && event.key === 'v')
}
