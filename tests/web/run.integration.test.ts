import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

import { HAS_BROWSER, WHY_SKIPPED } from './support/browser.js'
import { pageSuite } from './support/suite.js'
import { SOON, until } from './support/until.js'

describe.skipIf(!HAS_BROWSER)(`running a program${WHY_SKIPPED}`, () => {
  const visit = pageSuite()

  it('shows the sample of the first language and what it prints', async () => {
    await visit({}, async ({ code }) => {
      await code.fullEditor()
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('from collections import Counter'),
      )
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('the     ███ 3\nquick   █ 1\nbrown   █ 1')
      expect(await code.status.innerText()).toMatch(/exit 0\s+23 ms\s+CPU 20 ms\s+9\.1 MB/)
    })
  })

  it.each(['Bash', 'C', 'C++', 'Go', 'Java', 'JavaScript', 'Ruby', 'TypeScript'])('runs %s', async (name) => {
    await visit({}, async ({ code, fake }) => {
      await code.chooseLanguage(name)
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe(`Hello from ${name}!`)
      const [body] = fake.received
      expect(body).toMatchObject({
        type: 'start',
        files: [{ isEntryPoint: true }],
        tty: { cols: expect.any(Number) },
      })
    })
  })

  it('works in the plain editor before the full one is there', async () => {
    await visit({ networkFails: true }, async ({ code, page }) => {
      await page.route('**/MonacoEditor-*.js', (route) => route.abort())
      await page.reload()
      await code.ready()
      const area = page.getByRole('textbox', { name: 'Code of main.py' })
      await area.fill('# @print from the plain editor')
      await area.press('Control+Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('from the plain editor')
    })
  })

  it('carries text, selection and focus from the plain editor to the full one', async () => {
    await visit({}, async ({ code, page }) => {
      const gate = new EventEmitter()
      const held = once(gate, 'open')
      await page.route('**/MonacoEditor-*.js', async (route) => {
        await held
        await route.continue()
      })
      await page.reload()
      await code.ready()
      const area = page.getByRole('textbox', { name: 'Code of main.py' })
      await area.fill('# @print AB\n')
      await area.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(10, 10))
      gate.emit('open')
      await code.fullEditor()
      await page.keyboard.type('-')
      await page.keyboard.press('Control+Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('A-B')
    })
  })

  it('runs with Ctrl+Enter from the editor, which gets no new line by it', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print by keys')
      await page.keyboard.press('Control+Enter')
      await code.status.getByText('Succeeded').waitFor()
      expect(await code.shownCode()).toBe('# @print by keys')
      await page.keyboard.press('Meta+Enter')
      await code.status.getByText('Succeeded').waitFor()
    })
  })

  it('lets a person answer in the terminal while the program runs', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @ask Who? \n# @hello\n')
      await code.run.click()
      await code.screen.getByText('Who?').waitFor()
      await page.keyboard.type('Grace')
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('Who? Grace\nHello, Grace!')
    })
  })

  it('passes on a long paste whole, in pieces', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @ask Paste: \n# @hello\n')
      await code.run.click()
      await code.screen.getByText('Paste:').waitFor()
      const pasted = '🙂'.repeat(3000)
      await page.evaluate((text) => navigator.clipboard.writeText(text), pasted)
      await page.keyboard.press('Control+v')
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download output' }).click(),
      ])
      const output = await readFile(await download.path(), 'utf8')
      expect(output).toBe(`Paste: ${pasted}\r\nHello, ${pasted}!\r\n`)
    })
  })

  it('gives the keyboard back to the editor when the program has ended', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print done')
      await page.keyboard.press('Control+Enter')
      await code.status.getByText('Succeeded').waitFor()
      await until(
        () => page.evaluate(() => document.activeElement?.closest('.editor-area') !== null),
        (inEditor) => inEditor,
      )
    })
  })

  it('stops a program that does not end', async () => {
    await visit({}, async ({ code, fake }) => {
      await code.write('# @print before\n# @hang\n')
      await code.run.click()
      await code.screen.getByText('before').waitFor()
      await code.stop.click()
      await code.status.getByText('Stopped').waitFor()
      await code.run.waitFor()
      await expect.poll(() => code.output(), SOON).toBe('before')
      expect(fake.received).toHaveLength(1)
    })
  })

  it('interrupts by Ctrl+C in the terminal', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print waiting\n# @hang\n')
      await code.run.click()
      await code.screen.getByText('waiting').waitFor()
      await page.keyboard.press('Control+c')
      await code.status.getByText('ended by SIGINT').waitFor()
    })
  })

  it('sends the input pane, arguments and limits, and no terminal, when there is input', async () => {
    await visit({}, async ({ code, page, fake }) => {
      await code.write('# @cat\n# @args\n')
      await code.tab('Input').click()
      await page.getByLabel('Standard input').fill('one\ntwo\n')
      await page.getByLabel('Arguments').fill('-v "two words"')
      await page.getByLabel('Time in seconds', { exact: true }).fill('1.5')
      await page.getByLabel('CPU time in seconds').fill('1')
      await page.getByLabel('Memory in MB').fill('64')
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('one\ntwo\n["-v","two words"]')
      const [body] = fake.received
      expect(body).toMatchObject({
        stdin: 'one\ntwo\n',
        args: ['-v', 'two words'],
        limits: { wallTimeMs: 1500, cpuTimeMs: 1000, memoryBytes: 67_108_864 },
      })
      expect(body).not.toHaveProperty('tty')
    })
  })

  it('says which limit is no number', async () => {
    await visit({}, async ({ code, page, fake }) => {
      await code.tab('Input').click()
      await page.getByLabel('Time in seconds', { exact: true }).fill('soon')
      await code.run.click()
      await code.banners.getByText('must be a number above 0, not “soon”').waitFor()
      expect(fake.received).toHaveLength(0)
    })
  })

  it('runs by one request where there is no live connection', async () => {
    await visit({ server: { without: ['interactive'] } }, async ({ code, page, fake }) => {
      await code.write('# @cat\n# @err careful\n')
      await code.tab('Input').click()
      await page.getByLabel('Standard input').fill('given\n')
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('given\ncareful')
      expect(fake.received[0]).not.toHaveProperty('type')
    })
  })

  it('keeps the page alive under a flood of output and shows its end', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @flood 8000000\n# @print THE END\n# @cut\n')
      await code.run.click()
      await code.status.getByText('output cut').waitFor()
      await code.tab('Result').click()
      await page.getByText('The output was longer than the limit and is cut.').waitFor()
      await code.tab('Terminal').click()
      await until(
        () => code.output(),
        (text) => text.endsWith('THE END'),
      )
    })
  })

  it('shows escape codes as colours and everything else as text', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print <img src=x onerror=alert(1)>\n# @err <b>red</b>\n')
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('<img src=x onerror=alert(1)>\n<b>red</b>')
      expect(await page.locator('.terminal-pane img, .terminal-pane b').count()).toBe(0)
    })
  })

  it('runs again at once after a stop', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print one\n# @hang\n')
      await code.run.click()
      await code.screen.getByText('one').waitFor()
      await code.stop.click()
      await code.status.getByText('Stopped').waitFor()
      await code.write('# @print two\n# @sleep 3000\n# @print three\n')
      await page.keyboard.press('Control+Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('two\nthree')
    })
  })

  it('works on a page that came over plain HTTP, where browsers hold some things back', async () => {
    await visit({}, async ({ code, page }) => {
      await page.addInitScript(() => {
        Reflect.deleteProperty(Crypto.prototype, 'randomUUID')
        Reflect.deleteProperty(Navigator.prototype, 'clipboard')
      })
      await page.reload()
      await code.ready()
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await page.getByRole('button', { name: 'Copy output' }).click()
      await page.getByText('The browser does not allow copying here; use Download').waitFor()
      await code.tab('Tests').click()
      await page.getByRole('button', { name: 'Add a test' }).click()
      await page.locator('.test').nth(1).waitFor()
      await code.tab('History').click()
      expect(await page.locator('.history-item').count()).toBe(1)
    })
  })

  it('keeps what was typed over a reload, and for each language its own', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print mine\n')
      await code.chooseLanguage('Ruby')
      await code.write('# @print ruby of mine\n')
      await until(
        () => page.evaluate(() => localStorage.getItem('codeexec.drafts') ?? ''),
        (stored) => stored.includes('ruby of mine'),
      )
      await page.reload()
      await code.ready()
      await code.fullEditor()
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('ruby of mine'),
      )
      await code.chooseLanguage('Python')
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('# @print mine'),
      )
    })
  })
})
