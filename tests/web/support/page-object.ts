/** The page as a person uses it, in words of what is on it. */
import type { Locator, Page } from 'playwright-core'

export class CodePage {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  get run(): Locator {
    return this.#page.getByRole('button', { name: 'Run', exact: true })
  }

  get stop(): Locator {
    return this.#page.getByRole('button', { name: 'Stop', exact: true })
  }

  get status(): Locator {
    return this.#page.locator('.status-bar')
  }

  get screen(): Locator {
    return this.#page.locator('.xterm-rows')
  }

  get banners(): Locator {
    return this.#page.locator('.banners')
  }

  tab(name: string): Locator {
    return this.#page.getByRole('tab', { name: new RegExp(`^${name}`) })
  }

  /** Waits until the full editor has taken over. */
  async fullEditor(): Promise<Locator> {
    const editor = this.#page.locator('.monaco-editor').first()
    await editor.waitFor()
    return editor
  }

  /** Waits until a language is chosen and the terminal is there, where it is in sight. */
  async ready(): Promise<void> {
    await this.#page.locator('.run-button:enabled').waitFor()
    if (await this.#page.locator('.terminal-pane').isVisible()) {
      await this.#page.locator('.xterm-screen').waitFor({ state: 'attached' })
    }
  }

  /** Replaces the text of the file that is shown, by typing as a person does. */
  async write(text: string): Promise<void> {
    await this.fullEditor()
    await this.#page
      .locator('.editor-area .native-edit-context, .editor-area textarea.inputarea')
      .first()
      .focus()
    await this.#page.keyboard.press('Control+a')
    await this.#page.keyboard.press('Delete')
    // Pasted, because the editor indents and closes brackets in what is typed.
    await this.#page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await this.#page.keyboard.press('Control+v')
  }

  /** What the editor shows of the file, with blanks as blanks. */
  async shownCode(): Promise<string> {
    const lines = await this.#page.locator('.monaco-editor .view-line').allInnerTexts()
    return lines.join('\n').replaceAll('\u00A0', ' ')
  }

  async chooseLanguage(name: string): Promise<void> {
    await this.#page.getByRole('button', { name: /^Language:/ }).click()
    await this.#page.getByRole('combobox', { name: 'Search languages' }).fill(name)
    await this.#page.keyboard.press('Enter')
    await this.#page.getByRole('button', { name: new RegExp(`^Language: *${escapeRegex(name)}`) }).waitFor()
  }

  /** The text in the terminal, without the blanks that fill its lines. */
  async output(): Promise<string> {
    const rows = await this.#page.locator('.xterm-rows > div').allInnerTexts()
    return rows
      .map((row) => row.replaceAll('\u00A0', ' ').trimEnd())
      .join('\n')
      .trimEnd()
  }
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
