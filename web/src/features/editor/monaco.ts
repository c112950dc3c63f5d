/**
 * Monaco with the features this page needs, and no more. Loaded after the first paint; its one worker and its
 * grammars are files of the same origin.
 */
import { editor, languages, MarkerSeverity, Range, Uri } from 'monaco-editor/editor'
// oxlint-disable-next-line import/default -- the bundler makes it of the `?worker`
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/gotoLine/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/longLinesHelper/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/quickCommand/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/snippet/register'
import 'monaco-editor/features/suggest/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/tokenization/register'
import 'monaco-editor/features/unicodeHighlighter/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import './monaco-languages.js'

/** Fetched with the editor, not when it is first needed: by then the network may be away. */
let prepared: Worker | null = new EditorWorker()
self.MonacoEnvironment = {
  getWorker: () => {
    const worker = prepared ?? new EditorWorker()
    prepared = null
    return worker
  },
}

editor.defineTheme('codeexec-light', {
  base: 'vs',
  inherit: true,
  rules: [
    { token: 'comment', foreground: '566070' },
    { token: 'number', foreground: '8a4b00' },
  ],
  colors: {
    'editor.background': '#ffffff',
    'editorLineNumber.foreground': '#6b7583',
    'editorLineNumber.activeForeground': '#1b222c',
    'editor.lineHighlightBackground': '#f5f6f8',
    'editor.lineHighlightBorder': '#00000000',
  },
})
editor.defineTheme('codeexec-dark', {
  base: 'vs-dark',
  inherit: true,
  rules: [{ token: 'comment', foreground: '9aa6b5' }],
  colors: {
    'editor.background': '#181c22',
    'editorLineNumber.foreground': '#7d8897',
    'editorLineNumber.activeForeground': '#e3e7ed',
    'editor.lineHighlightBackground': '#1e232b',
    'editor.lineHighlightBorder': '#00000000',
  },
})

export { editor, languages, MarkerSeverity, Range, Uri }
