/**
 * The page against the real service, as people meet it: every language, every way of working. How it fails
 * is in real-states.integration.test.ts.
 */
import { strToU8, zipSync } from 'fflate'
import { beforeAll, expect, it } from 'vitest'

import type { LanguageAnswer } from '../../src/contract/wire/languages.js'
import { loadLanguages } from '../../src/languages/registry.js'
import { openPage } from './support/browser.js'
import { drop } from './support/drop.js'
import { CodePage } from './support/page-object.js'
import { describeReal, runToEnd } from './support/real-suite.js'
import { SOON, until } from './support/until.js'

const registry = await loadLanguages()

/** A line no compiler or run time of the language accepts, and the number of the line it is in. */
const BROKEN: Readonly<Record<string, { readonly code: string; readonly line: number }>> = {
  bash: { code: 'echo before\nif then\n', line: 2 },
  c: { code: '#include <stdio.h>\nint main(void) {\n  return x;\n}\n', line: 3 },
  cpp: { code: 'int main() {\n  int n = "text";\n}\n', line: 2 },
  go: { code: 'package main\n\nfunc main() {\n\tprintln(x)\n}\n', line: 4 },
  java: { code: 'class Main {\n  public static void main(String[] a) {\n    int x = 1\n  }\n}\n', line: 3 },
  javascript: { code: 'const a = 1\nnull.field\n', line: 2 },
  python: { code: 'def f():\n    return 1 / 0\nf()\n', line: 2 },
  ruby: { code: 'puts 1\nraise "broken"\n', line: 2 },
  typescript: { code: 'const n: number = 1\nthrow new Error("broken")\n', line: 2 },
}

describeReal('the page and the real service', {}, ({ service, browser, visit }) => {
  let languages: LanguageAnswer[]

  beforeAll(async () => {
    languages = JSON.parse((await service().get('/api/v1/languages')).body) as LanguageAnswer[]
  })

  it.each(registry.all.map(({ id, name }) => [name, id] as const))('%s runs its sample', async (name, id) => {
    const language = languages.find((candidate) => candidate.id === id)
    await visit({}, async (code, page) => {
      await page.getByRole('button', { name: /^Language:/ }).click()
      await page.getByRole('combobox', { name: 'Search languages' }).fill(id)
      await page.keyboard.press('Enter')
      await page.locator('.language-name', { hasText: name }).waitFor()
      expect(await runToEnd(code)).toBe('Succeeded')
      const [first = ''] = (language?.sample.expectedOutput ?? '').split('\n')
      await until(
        () => code.output(),
        (text) => text.includes(first),
      )
    })
  })

  it.each(Object.entries(BROKEN))(
    '%s: an error is marked in its line',
    async (id, { code: broken, line }) => {
      const language = languages.find((candidate) => candidate.id === id)
      await visit({}, async (code, page) => {
        await code.chooseLanguage(language?.name ?? id)
        await code.write(broken)
        expect(await runToEnd(code)).toMatch(/Failed|Did not compile/)
        await code.tab('Findings').click()
        const entry = language?.sample.files[0]?.filename ?? ''
        await page
          .locator('.marker-place')
          .filter({ hasText: new RegExp(`${entry.replaceAll('.', '\\.')}:${line}$`) })
          .first()
          .waitFor()
        await page.locator('.monaco-editor .squiggly-error').first().waitFor()
      })
    },
  )

  it('several files in a zip, with input and arguments', async () => {
    await visit({}, async (code, page) => {
      await drop(page, [
        {
          name: 'app.zip',
          bytes: zipSync({
            'main.py': strToU8(
              'import sys\nfrom lib.words import shout\nprint(shout(input()), sys.argv[1:])\n',
            ),
            'lib/words.py': strToU8('def shout(word):\n    return word.upper()\n'),
          }),
        },
      ])
      await code.banners.getByText('Added 2 files').waitFor()
      await code.tab('Input').click()
      await page.getByLabel('Standard input').fill('hello\n')
      await page.getByLabel('Arguments').fill('"two words"')
      expect(await runToEnd(code)).toBe('Succeeded')
      await expect.poll(() => code.output(), SOON).toBe("HELLO ['two words']")
    })
  })

  it.each([
    ['while True:\n    pass\n', 'Time limit exceeded', { 'Time in seconds': '0.5' }],
    [
      'x = []\nwhile True:\n    x.append(" " * 10_000_000)\n',
      'Memory limit exceeded',
      { 'Memory in MB': '64' },
    ],
    ['while True:\n    print("x" * 1000)\n', 'Output limit exceeded', {}],
    ['import sys\nsys.exit(3)\n', 'Failed', {}],
  ])('%j: %s', async (source, verdict, limits) => {
    await visit({}, async (code, page) => {
      await code.write(source)
      await code.tab('Input').click()
      for (const [label, value] of Object.entries(limits)) {
        await page.getByLabel(label, { exact: true }).fill(value)
      }
      expect(await runToEnd(code)).toBe(verdict)
    })
  })

  it('stops a program that does not end', async () => {
    await visit({}, async (code) => {
      await code.write('import time\nprint("before", flush=True)\ntime.sleep(600)\n')
      await code.run.click()
      await code.status.getByText('Running').waitFor()
      await code.stop.click()
      await code.status.getByText('Stopped').waitFor()
    })
  })

  it('answers a program that asks, in the terminal', async () => {
    await visit({}, async (code, page) => {
      await code.write('name = input("Who? ")\nprint(f"Hello, {name}!")\n')
      await code.run.click()
      await code.screen.getByText('Who?').waitFor()
      await page.keyboard.type('Grace')
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      await until(
        () => code.output(),
        (text) => text === 'Who? Grace\nHello, Grace!',
      )
    })
  })

  it('interrupts by Ctrl+C and ends the input by Ctrl+D', async () => {
    await visit({}, async (code, page) => {
      await code.write(
        'import sys, time\nprint("ready", flush=True)\nprint(len(sys.stdin.read()))\ntime.sleep(600)\n',
      )
      await code.run.click()
      await code.screen.getByText('ready').waitFor()
      await page.keyboard.type('four')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Control+d')
      await code.screen.getByText('5', { exact: true }).waitFor()
      await page.keyboard.press('Control+c')
      await code.status.getByText(/ended by SIGINT|exit \d+/).waitFor()
      await expect.poll(() => code.output(), SOON).toContain('KeyboardInterrupt')
    })
  })

  it('runs test cases and shows the difference', async () => {
    await visit({}, async (code, page) => {
      await code.write('a, b = map(int, input().split())\nprint(a + b)\n')
      await code.tab('Tests').click()
      await page
        .getByRole('button', { name: /^Delete / })
        .first()
        .click()
      for (const [input, expected] of [
        ['1 2', '3'],
        ['2 2', '5'],
      ] as const) {
        await page.getByRole('button', { name: 'Add a test' }).click()
        await page.locator('.test').last().getByLabel('Input').fill(input)
        await page.locator('.test').last().getByLabel('Expected output').fill(expected)
      }
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.getByText('1 of 2 tests passed').waitFor()
      const lines = await page.locator('.test').last().locator('.diff-line').allTextContents()
      expect(lines.map((line) => line.trim())).toEqual(['− expected: 5', '+ printed: 4'])
    })
  })

  it('shows what the analysis finds', async () => {
    await visit({}, async (code, page) => {
      await code.write('print(eval("1 + 1"))\n')
      expect(await runToEnd(code)).toBe('Succeeded')
      await code.tab('Findings').click()
      await page.getByRole('button', { name: /critical .*eval/i }).waitFor()
    })
  })

  it('keeps a share that another person opens', async () => {
    await visit({}, async (code, page) => {
      await code.write('print("shared")\n')
      await page.getByRole('button', { name: 'Share' }).click()
      await page.getByRole('button', { name: 'Make a short link' }).click()
      const link = await page.getByLabel('Short link').inputValue()
      const other = await openPage(browser(), link, { fragment: '' })
      const theirs = new CodePage(other.page)
      await theirs.ready()
      await theirs.fullEditor()
      await until(
        () => theirs.shownCode(),
        (shown) => shown.includes('print("shared")'),
      )
      expect(await runToEnd(theirs)).toBe('Succeeded')
      await expect.poll(() => theirs.output(), SOON).toBe('shared')
      await other.context.close()
    })
  })
})
