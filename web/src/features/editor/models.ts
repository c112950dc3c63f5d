import { editor, Uri } from './monaco.js'

type CodeEditor = ReturnType<typeof editor.create>
type Model = NonNullable<ReturnType<CodeEditor['getModel']>>
type ViewState = ReturnType<CodeEditor['saveViewState']>

/** One text model per file, each with its own undo history and scroll position. */
export interface Models {
  get(path: string, content: string, languageId: string | null): Model
  /** Takes a text that came from elsewhere than this editor; it can be undone like typing. */
  accept(path: string, content: string): void
  /** Remembers where the person is in the file that is shown. */
  leave(shown: CodeEditor): void
  /** Goes back to where the person was in this file. */
  enter(shown: CodeEditor, path: string): void
  dispose(): void
}

export function createModels(onChange: (path: string, content: string) => void): Models {
  const models = new Map<string, Model>()
  const views = new Map<Model, ViewState>()
  /** True while a text is taken over: then the change is no news. */
  let accepting = false

  return {
    get: (path, content, languageId) => {
      const known = models.get(path)
      if (known) {
        return known
      }
      const uri = Uri.from({ scheme: 'inmemory', authority: 'program', path: `/${path}` })
      editor.getModel(uri)?.dispose()
      const model = editor.createModel(content, languageId ?? undefined, uri)
      model.onDidChangeContent(() => {
        if (!accepting) {
          onChange(path, model.getValue())
        }
      })
      models.set(path, model)
      return model
    },
    accept: (path, content) => {
      const model = models.get(path)
      if (model && model.getValue() !== content) {
        accepting = true
        model.pushEditOperations([], [{ range: model.getFullModelRange(), text: content }], () => null)
        accepting = false
      }
    },
    leave: (shown) => {
      const model = shown.getModel()
      if (model) {
        views.set(model, shown.saveViewState())
      }
    },
    enter: (shown, path) => {
      const model = models.get(path)
      shown.restoreViewState(model ? (views.get(model) ?? null) : null)
    },
    dispose: () => {
      for (const model of models.values()) {
        model.dispose()
      }
      models.clear()
      views.clear()
    },
  }
}
