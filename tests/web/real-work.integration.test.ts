/** Ways of working on the page with the real service: files, upload, history, theme, keyboard, phone, everyone. */
import { strToU8 } from 'fflate'
import { expect, it } from 'vitest'

import { seriousViolations } from './support/axe.js'
import { drop } from './support/drop.js'
import { describeReal, runToEnd } from './support/real-suite.js'
import { SOON, until } from './support/until.js'

const ASK = 'name = input("Who? ")\nprint(f"Hello, {name}!")\n'

describeReal('working with the real service', {}, ({ service, visit }) => {
  it('sends the page under a policy that lets nothing in from elsewhere and no inline script run', async () => {
    const response = await fetch(`http://127.0.0.1:${service().port}/`)
    const policy = response.headers.get('content-security-policy') ?? ''
    const directives = new Map(
      policy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]),
    )
    expect(directives.get('default-src')).toEqual(["'self'"])
    expect(directives.get('script-src')).toEqual(["'self'"])
    expect(directives.get('connect-src')).toEqual(["'self'"])
    expect(directives.get('object-src')).toEqual(["'none'"])
    expect(directives.get('frame-ancestors')).toEqual(["'none'"])
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/)
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('runs files in folders, made by hand', async () => {
    await visit({}, async (code, page) => {
      await code.write('from shop.cart import total\nprint(total([1.5, 2.25]))\n')
      await page.getByRole('button', { name: 'New file' }).first().click()
      await page.getByLabel('Name of the new file').fill('shop/cart.py')
      await page.keyboard.press('Enter')
      await page.locator('.file-tab[data-active=true]', { hasText: 'cart.py' }).waitFor()
      await code.write('def total(prices):\n    return sum(prices)\n')
      expect(await runToEnd(code)).toBe('Succeeded')
      await expect.poll(() => code.output(), SOON).toBe('3.75')
    })
  })

  it('runs files that were dropped, one of them bytes', async () => {
    await visit({}, async (code, page) => {
      await code.write('import words\nprint(words.WORD, list(open("raw.bin", "rb").read()))\n')
      await drop(page, [
        { name: 'words.py', bytes: strToU8('WORD = "ćma"\n') },
        { name: 'raw.bin', bytes: new Uint8Array([0, 255, 128]) },
      ])
      await code.banners.getByText('Added 2 files').waitFor()
      expect(await runToEnd(code)).toBe('Succeeded')
      await expect.poll(() => code.output(), SOON).toBe('ćma [0, 255, 128]')
    })
  })

  it('shows a hundred thousand lines to the last and still answers', async () => {
    await visit({}, async (code, page) => {
      await code.write('for n in range(100_000):\n    print(n)\n')
      expect(await runToEnd(code)).toBe('Succeeded')
      await until(
        () => code.output(),
        (text) => text.endsWith('99999'),
      )
      await code.tab('Result').click()
      await page.getByRole('heading', { name: 'Succeeded' }).waitFor()
    })
  })

  it('remembers runs, restores one and runs it', async () => {
    await visit({}, async (code, page) => {
      for (const word of ['first', 'second']) {
        await code.write(`print("${word}")\n`)
        expect(await runToEnd(code)).toBe('Succeeded')
        await until(
          () => code.output(),
          (text) => text === word,
        )
      }
      await page.reload()
      await code.ready()
      await code.tab('History').click()
      const items = page.locator('.history-item')
      expect(await items.count()).toBe(2)
      await items.last().locator('.history-toggle').click()
      await items
        .last()
        .getByRole('button', { name: /^Restore/ })
        .click()
      await code.fullEditor()
      await until(
        () => code.shownCode(),
        (shown) => shown.includes('print("first")'),
      )
      await code.tab('Terminal').click()
      expect(await runToEnd(code)).toBe('Succeeded')
      await expect.poll(() => code.output(), SOON).toBe('first')
    })
  })

  it('keeps the dark theme over a reload', async () => {
    await visit({}, async (code, page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const light = await ground()
      await page.getByRole('button', { name: 'Theme: system; switch to light' }).click()
      await page.getByRole('button', { name: 'Theme: light; switch to dark' }).click()
      const dark = await ground()
      expect(dark).not.toBe(light)
      await page.reload()
      await code.ready()
      expect(await ground()).toBe(dark)
    })
  })

  it('goes a whole path by keyboard alone: language, code, run, answer, findings', async () => {
    await visit({}, async (code, page) => {
      await code.fullEditor()
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
      const press = (key: string, wanted: RegExp) =>
        until(
          async () => {
            await page.keyboard.press(key)
            return page.evaluate(
              () =>
                document.activeElement?.getAttribute('aria-label') ??
                document.activeElement?.textContent ??
                '',
            )
          },
          (name) => wanted.test(name),
        )
      await press('Tab', /^Language/)
      await page.keyboard.press('Enter')
      await page.keyboard.type('ruby')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: /^Language: *Ruby/ }).waitFor()
      await page.keyboard.press('F6')
      await until(focused, (name) => name.startsWith('Code of main.rb'))
      await page.keyboard.press('Control+a')
      await page.keyboard.type('print "Who? "; puts "Hello, #{gets}"')
      await page.keyboard.press('Control+Enter')
      await code.screen.getByText('Who?').waitFor()
      await page.keyboard.type('Matz')
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('Who? Matz\nHello, Matz')
    })
  })

  it('works on a phone: run, answer, go back to the code', async () => {
    await visit({ phone: true, viewport: { width: 360, height: 740 } }, async (code, page) => {
      const area = page.getByRole('textbox', { name: 'Code of main.py' })
      await area.fill(ASK)
      await code.run.tap()
      await code.screen.getByText('Who?').waitFor()
      await page.locator('.xterm-screen').tap()
      await page.keyboard.type('Ida')
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('Who? Ida\nHello, Ida!')
      await page.getByRole('button', { name: 'Code' }).tap()
      expect(await area.isVisible()).toBe(true)
    })
  })

  it('has nothing that axe finds serious, with what the service really answers', async () => {
    await visit({}, async (code, page) => {
      await code.write('import os\nos.system("true")\nprint(1 / 0)\n')
      expect(await runToEnd(code)).toBe('Failed')
      for (const tab of ['Terminal', 'Findings', 'Result', 'Tests', 'History']) {
        await code.tab(tab).click()
        expect({ tab, found: await seriousViolations(page) }).toEqual({ tab, found: [] })
      }
    })
  })
})
