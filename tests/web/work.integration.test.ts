import { readFile } from 'node:fs/promises'
import { strToU8, unzipSync, zipSync } from 'fflate'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

import { HAS_BROWSER, openPage, WHY_SKIPPED } from './support/browser.js'
import { drop } from './support/drop.js'
import { CodePage } from './support/page-object.js'
import { pageSuite } from './support/suite.js'
import { SOON, until } from './support/until.js'

async function addFile(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New file' }).first().click()
  await page.getByLabel('Name of the new file').fill(name)
  await page.keyboard.press('Enter')
}

describe.skipIf(!HAS_BROWSER)(`working with programs${WHY_SKIPPED}`, () => {
  const visit = pageSuite()

  it('has several files in folders: made, renamed, deleted and brought back, with another entry point', async () => {
    await visit({}, async ({ code, page, fake }) => {
      await code.fullEditor()
      await addFile(page, 'lib/helper.py')
      await code.write('# @print helper is the entry\n')
      await page.getByRole('button', { name: 'Files', exact: true }).click()
      const tree = page.getByRole('tree')
      await tree.getByRole('treeitem', { name: 'helper.py' }).focus()
      await page.keyboard.press('F2')
      await page.getByLabel('New name of lib/helper.py').fill('../escape.py')
      await page.keyboard.press('Enter')
      await page.getByText('A name cannot contain empty parts, . or ..').waitFor()
      await page.getByLabel('New name of lib/helper.py').fill('tools/help.py')
      await page.keyboard.press('Enter')
      await tree.getByRole('treeitem', { name: 'tools', exact: true }).waitFor()

      await page.getByRole('button', { name: 'Actions for tools/help.py' }).click()
      await page.getByRole('menuitem', { name: 'Start the program here' }).click()
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('helper is the entry')
      expect(fake.received.at(-1)).toMatchObject({
        files: [{ filename: 'main.py' }, { filename: 'tools/help.py', isEntryPoint: true }],
      })

      await tree.getByRole('treeitem', { name: 'tools', exact: true }).focus()
      await page.keyboard.press('Delete')
      await code.banners.getByText('Deleted tools.').waitFor()
      expect(await tree.getByRole('treeitem').count()).toBe(1)
      await page.getByRole('button', { name: 'Undo' }).click()
      await tree.getByRole('treeitem', { name: 'help.py' }).waitFor()
      expect(await tree.getByText('entry').count()).toBe(1)
    })
  })

  it('takes dropped files and a zip, leaves out what has a bad name, and can undo it', async () => {
    await visit({}, async ({ code, page }) => {
      await code.fullEditor()
      const zip = zipSync({
        'app/util.py': strToU8('X = 1\n'),
        'data/raw.bin': new Uint8Array([0, 255]),
        '../up.py': strToU8(''),
      })
      await drop(page, [
        { name: 'notes.txt', bytes: strToU8('hello') },
        { name: 'code.zip', bytes: zip },
      ])
      await code.banners.getByText('Added 3 files; left out 1 (../up.py').waitFor()
      const names = await page.getByRole('tree').locator('.tree-name').allInnerTexts()
      expect(names).toEqual(['app', 'util.py', 'data', 'raw.bin', 'main.py', 'notes.txt'])
      await page.getByRole('treeitem', { name: 'raw.bin' }).click()
      await page.getByText('data/raw.bin is not text').waitFor()
      await page.getByRole('button', { name: 'Undo' }).click()
      expect(await page.getByRole('tree').locator('.tree-name').allInnerTexts()).toEqual(['main.py'])
    })
  })

  it('refuses a zip bomb', async () => {
    await visit({}, async ({ code, page }) => {
      const bomb = zipSync({ 'zeros.txt': new Uint8Array(50 * 1024 * 1024) }, { level: 9 })
      await drop(page, [{ name: 'bomb.zip', bytes: bomb }])
      await code.banners.getByText('The archive unpacks to more than 6 MB; nothing was added.').waitFor()
    })
  })

  it('downloads one file as it is and several as a zip', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('print("saved")\n')
      const save = async (item: string) => {
        await page.getByRole('button', { name: 'Program' }).click()
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('menuitem', { name: item }).click(),
        ])
        return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
      }
      const one = await save('Download')
      expect([one.name, one.bytes.toString()]).toEqual(['main.py', 'print("saved")\n'])
      await addFile(page, 'lib/a.py')
      const zip = await save('Download as a zip')
      expect(zip.name).toBe('main.zip')
      expect(Object.keys(unzipSync(zip.bytes))).toEqual(['main.py', 'lib/a.py'])
    })
  })

  it('marks what the compiler said in the editor and leads there from the list', async () => {
    await visit({}, async ({ code, page }) => {
      await code.chooseLanguage('C++')
      await code.write(
        `int main() {\n  int x = "no";\n}\n\n\n// @compile-warning main.cpp:1:5: warning: odd\n// @compile-error main.cpp:2:11: error: invalid conversion\n`,
      )
      await code.run.click()
      await code.status.getByText('Did not compile').waitFor()
      await expect.poll(() => code.output(), SOON).toContain('error: invalid conversion')
      await page.locator('.monaco-editor .squiggly-error').first().waitFor()
      expect(await page.locator('.monaco-editor .squiggly-warning').count()).toBe(1)
      await code.tab('Findings').click()
      await page.getByRole('button', { name: /invalid conversion/ }).click()
      await page.keyboard.type('/*here*/')
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('int x = /*here*/"no"'),
      )
    })
  })

  it('opens the file of a finding when it is another one', async () => {
    await visit({}, async ({ code, page }) => {
      await code.fullEditor()
      await addFile(page, 'lib/util.py')
      await code.write('def f():\n    return 1 / 0\n')
      await page.getByRole('button', { name: 'main.py' }).first().click()
      await code.write(
        '# @err Traceback (most recent call last):\\n  File "/box/lib/util.py", line 2, in f\\n    return 1 / 0\\nZeroDivisionError: division by zero\n# @exit 1\n',
      )
      await code.run.click()
      await code.status.getByText('Failed').waitFor()
      await code.tab('Findings').click()
      await page.getByRole('button', { name: /ZeroDivisionError: division by zero/ }).click()
      await page.locator('.file-tab[data-active=true]', { hasText: 'util.py' }).waitFor()
      await page.locator('.monaco-editor .squiggly-error').first().waitFor()
    })
  })

  it('shows the findings of the analysis with every run and when asked', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('x = eval("1")\n# @print ran\n')
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await page.getByRole('tab', { name: /^Findings\s*1/ }).click()
      await page.getByRole('button', { name: /critical Calls eval/ }).waitFor()
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor()
      await code.write('x = 1\n')
      await page.getByRole('button', { name: 'Check now' }).click()
      await page.getByText('Nothing dangerous was found.').waitFor()
    })
  })

  it.each([
    ['compiled once, by submission', {}],
    [
      'by single executions where there are no submissions',
      { server: { without: ['submissions'] as const } },
    ],
  ])('runs test cases %s, and shows the difference', async (_, options) => {
    await visit(options, async ({ code, page, fake }) => {
      await code.write('# @sum\n')
      await code.tab('Tests').click()
      await page.getByRole('button', { name: 'Delete Sample' }).click()
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
      const second = page.locator('.test').last()
      expect(await second.locator('.diff-line').allTextContents()).toEqual([
        expect.stringContaining('expected: 5'),
        expect.stringContaining('printed: 4'),
      ])
      await second.getByLabel('Expected output').fill('4')
      await page.getByText('1 of 2 tests passed').waitFor()
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.getByText('2 of 2 tests passed').waitFor()
      expect(fake.received.some((body) => 'tests' in body)).toBe(!('server' in options))
    })
  })

  it('says when the program of the tests does not compile, and stops tests that do not end', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @compile-error main.py:1:1: error: no\n')
      await code.tab('Tests').click()
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.getByText('The program did not compile, so no test was run.').waitFor()
      await code.write('# @hang\n')
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.getByRole('button', { name: 'Stop tests' }).click()
      await page.getByRole('button', { name: 'Run tests' }).waitFor()
    })
  })

  it('shares in a link that carries the program, to a person with a fresh profile', async () => {
    await visit({}, async ({ code, page, context, fake }) => {
      await code.write('# @print shared ✓\n')
      await code.tab('Input').click()
      await page.getByLabel('Standard input').fill('some input')
      await page.getByRole('button', { name: 'Share' }).click()
      const link = await page.getByLabel('Link with the program inside').inputValue()
      await page.getByRole('button', { name: 'Copy' }).click()
      await page.getByText('Copied').waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
      const browser = context.browser()
      if (!browser) {
        throw new Error('no browser')
      }
      const other = await openPage(browser, fake.url, { fragment: link.slice(fake.url.length) })
      const theirs = new CodePage(other.page)
      await theirs.ready()
      await theirs.banners.getByText('This program came with the link. Read it before you run it.').waitFor()
      await theirs.fullEditor()
      await until(
        () => theirs.shownCode(),
        (shown) => shown.includes('shared ✓'),
      )
      expect(fake.received).toHaveLength(0)
      expect(new URL(other.page.url()).hash).toBe('')
      await theirs.tab('Input').click()
      expect(await other.page.getByLabel('Standard input').inputValue()).toBe('some input')
      expect(other.complaints).toEqual([])
      await other.context.close()
    })
  })

  it('shares in a short link kept by the server, and keeps the draft of whoever opens it', async () => {
    await visit({ networkFails: true }, async ({ code, page, fake }) => {
      await code.write('# @print short\n')
      await page.getByRole('button', { name: 'Share' }).click()
      await page.getByRole('button', { name: 'Make a short link' }).click()
      const link = await page.getByLabel('Short link').inputValue()
      await page.keyboard.press('Escape')
      await code.write('# @print my own draft\n')
      await until(
        () => page.evaluate(() => localStorage.getItem('codeexec.drafts') ?? ''),
        (stored) => stored.includes('my own draft'),
      )
      await page.goto(link)
      await code.banners.getByText('This program came with the link.').waitFor()
      await code.fullEditor()
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('short'),
      )
      await code.tab('History').click()
      await page.getByText('Before a shared program was opened').waitFor()
      await page
        .getByRole('button', { name: /^Restore the Python program/ })
        .first()
        .click()
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('my own draft'),
      )
      await page.goto(`${fake.url}/?share=nothing`)
      await code.banners.getByText('This link has expired, or it never existed.').waitFor()
    })
  })

  it('says that a damaged link is damaged, and shows the usual page', async () => {
    await visit({ fragment: '/#code=AAAA' }, async ({ code }) => {
      await code.banners.getByText('This link is damaged').waitFor()
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
    })
  })

  it('remembers runs in the browser, shows them, restores and forgets them', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print first\n')
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await code.write('# @print second\n# @exit 2\n')
      await code.run.click()
      await code.status.getByText('Failed').waitFor()
      await page.reload()
      await code.ready()
      await code.tab('History').click()
      const items = page.locator('.history-item')
      expect(await items.count()).toBe(2)
      await items.last().locator('.history-toggle').click()
      await items.last().getByText('first', { exact: true }).waitFor()
      await items
        .last()
        .getByRole('button', { name: /^Restore/ })
        .click()
      await code.fullEditor()
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('@print first'),
      )
      await code.tab('Result').click()
      expect(await page.locator('.plot rect').count()).toBe(4)
      await code.tab('History').click()
      await page.getByRole('button', { name: 'Forget all' }).click()
      await page.getByText('No run yet.').waitFor()
    })
  })
})
