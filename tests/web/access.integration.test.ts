import { describe, expect, it } from 'vitest'

import { seriousViolations } from './support/axe.js'
import { HAS_BROWSER, WHY_SKIPPED } from './support/browser.js'
import { pageSuite } from './support/suite.js'
import { SOON, until } from './support/until.js'

describe.skipIf(!HAS_BROWSER)(`for everyone${WHY_SKIPPED}`, () => {
  const visit = pageSuite()

  it.each([
    ['light', false],
    ['dark', true],
  ])('axe finds nothing serious in any state of the %s theme', async (_, dark) => {
    await visit({ dark }, async ({ code, page, fake }) => {
      const check = async (state: string) => {
        expect({ state, found: await seriousViolations(page) }).toEqual({ state, found: [] })
      }
      await code.fullEditor()
      await check('start')
      await code.write('x = eval("1")  # note\n# @print out\n# @err main.py: line 1: bad\n# @exit 1\n')
      await code.run.click()
      await code.status.getByText('Failed').waitFor()
      await check('after a run')
      for (const tab of ['Input', 'Tests', 'Findings', 'Result', 'History']) {
        await code.tab(tab).click()
        await check(tab)
      }
      await page.locator('.history-toggle').first().click()
      await check('a run of the history')
      await code.tab('Tests').click()
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.locator('.diff').waitFor()
      await check('a difference')
      await page.getByRole('button', { name: 'Files', exact: true }).click()
      await check('files')
      await page.getByRole('button', { name: 'Program' }).click()
      await check('a menu')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^Language:/ }).click()
      await check('languages')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Share' }).click()
      await check('share')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Settings' }).click()
      await check('settings')
      await page.keyboard.press('Escape')
      fake.refuse({ status: 429, code: 'RATE_LIMITED', message: 'Too many.', retryAfterSeconds: 30 })
      await code.run.click()
      await code.banners.getByText('Too many.').waitFor()
      await check('a refusal')
    })
  })

  it('axe finds nothing serious on a phone and in the plain editor', async () => {
    await visit({ phone: true, viewport: { width: 360, height: 740 } }, async ({ code, page }) => {
      expect(await seriousViolations(page)).toEqual([])
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      expect(await seriousViolations(page)).toEqual([])
    })
  })

  it('goes a whole path by keyboard alone', async () => {
    await visit({}, async ({ code, page }) => {
      await code.fullEditor()
      const focused = () =>
        page.evaluate(
          () =>
            document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
        )
      const tabTo = (wanted: RegExp) =>
        until(
          async () => {
            await page.keyboard.press('Tab')
            return focused()
          },
          (name) => wanted.test(name),
        )
      await tabTo(/^Language/)
      await page.keyboard.press('Enter')
      await page.keyboard.type('ruby')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: /^Language: *Ruby/ }).waitFor()
      expect(await focused()).toContain('Ruby')
      await tabTo(/^Run/)
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('Hello from Ruby!')
      // Regions by F6: from the header to the editor, to the results.
      await page.keyboard.press('F6')
      await until(focused, (name) => name.startsWith('Code of main.rb'))
      await page.keyboard.press('Control+a')
      await page.keyboard.type('# @print typed')
      await page.keyboard.press('F6')
      await until(focused, (name) => name === 'Terminal')
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowLeft')
      await page.getByRole('heading', { name: 'Succeeded' }).waitFor()
      await page.keyboard.press('Control+Enter')
      await until(
        () => code.output(),
        (text) => text === 'typed',
      )
    })
  })

  it('lets the keyboard leave the editors and the terminal', async () => {
    await visit({}, async ({ code, page }) => {
      const inside = (selector: string) =>
        page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector)
      await code.write('x')
      await page.keyboard.press('Control+m')
      await page.keyboard.press('Tab')
      await until(
        () => inside('.editor-host'),
        (still) => !still,
      )
      await page.locator('.xterm-helper-textarea').focus()
      await page.keyboard.press('Tab')
      await until(
        () => inside('.terminal-host'),
        (still) => !still,
      )
      await page.getByRole('button', { name: 'Settings' }).click()
      await page.getByRole('combobox', { name: 'Editor' }).selectOption('plain')
      await page.keyboard.press('Escape')
      const area = page.getByRole('textbox', { name: 'Code of main.py' })
      await area.focus()
      await page.keyboard.press('End')
      await page.keyboard.press('Tab')
      expect(await area.inputValue()).toBe('x    ')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Tab')
      await until(
        () => inside('.editor-host'),
        (still) => !still,
      )
    })
  })

  it('tells screen readers how a run stands and what it printed', async () => {
    await visit({}, async ({ code, page }) => {
      await code.write('# @print spoken words\n')
      await code.run.click()
      await page
        .getByRole('status')
        .filter({ hasText: 'Succeeded, exit 0, 23 ms, CPU 20 ms, 9.1 MB. Output: spoken words' })
        .waitFor({ state: 'attached' })
    })
  })

  it('has a light, a dark and the system’s theme, and remembers it and the other settings', async () => {
    await visit({}, async ({ code, page }) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const light = await ground()
      await page.getByRole('button', { name: 'Theme: system; switch to light' }).click()
      expect(await ground()).toBe(light)
      await page.getByRole('button', { name: 'Theme: light; switch to dark' }).click()
      const dark = await ground()
      expect(dark).not.toBe(light)
      await page.getByRole('button', { name: 'Settings' }).click()
      await page.getByLabel('Font size').selectOption('18')
      await page.getByRole('combobox', { name: 'Results' }).selectOption('bottom')
      await page.keyboard.press('Escape')
      await page.reload()
      await code.ready()
      await code.fullEditor()
      expect(await ground()).toBe(dark)
      await until(
        () =>
          page
            .locator('.view-lines')
            .first()
            .evaluate((element) => getComputedStyle(element).fontSize),
        (size) => size === '18px',
      )
      expect(await page.locator('.app').getAttribute('data-layout')).toBe('bottom')
      await page.getByRole('button', { name: 'Theme: dark; switch to system' }).click()
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await ground()).toBe(dark)
    })
  })

  it.each([360, 768, 1280, 1920])(
    'at %d pixels nothing sticks out or lies over another part',
    async (width) => {
      await visit({ viewport: { width, height: 740 }, phone: width < 640 }, async ({ code, page }) => {
        await code.run.click()
        await code.status.getByText('Succeeded').waitFor()
        const scroll = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
        expect(scroll[0]).toBe(scroll[1])
        const boxes = await page.locator('.header > *:visible').evaluateAll((elements) =>
          elements.map((element) => {
            const { left, right } = element.getBoundingClientRect()
            return { left, right }
          }),
        )
        for (const [index, box] of boxes.entries()) {
          expect(box.right).toBeLessThanOrEqual((boxes[index + 1]?.left ?? width) + 0.5)
        }
      })
    },
  )

  it('works on a phone: code, run, answer, look at the result', async () => {
    await visit({ phone: true, viewport: { width: 360, height: 740 } }, async ({ code, page }) => {
      const area = page.getByRole('textbox', { name: 'Code of main.py' })
      await area.fill('# @ask Name? \n# @hello\n')
      await code.run.tap()
      await code.screen.getByText('Name?').waitFor()
      await page.locator('.xterm-screen').tap()
      await page.keyboard.type('Ida')
      await page.keyboard.press('Enter')
      await code.status.getByText('Succeeded').waitFor()
      await expect.poll(() => code.output(), SOON).toBe('Name? Ida\nHello, Ida!')
      await page.getByRole('button', { name: 'Code' }).tap()
      expect(await area.isVisible()).toBe(true)
      await page.getByRole('button', { name: 'More' }).tap()
      await page.getByRole('menuitem', { name: 'Share…' }).tap()
      await page.getByLabel('Link with the program inside').waitFor()
    })
  })
})
