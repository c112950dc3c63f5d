/**
 * Pictures of the main states for docs/screenshots. They are looked at, not compared: `npm run screenshots`
 * makes them again after a change of the page.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { HAS_BROWSER, launchBrowser, openPage, type PageOptions } from '../support/browser.js'
import { ROOT } from '../support/built-page.js'
import { startFakeServer, type FakeServer } from '../support/fake-server.js'
import { CodePage } from '../support/page-object.js'

const FOLDER = path.join(ROOT, 'docs', 'screenshots')
const SIZES = {
  360: { viewport: { width: 360, height: 740 }, phone: true },
  768: { viewport: { width: 768, height: 1024 } },
  1280: { viewport: { width: 1280, height: 800 } },
  1920: { viewport: { width: 1920, height: 1080 } },
} as const

const CPP = `#include <iostream>
#include <vector>

int main() {
    std::vector<int> primes = {2, 3, 5, 7};
    int unused = 0;
    for (int p : primes) {
        std::cout << p << '\\n'
    }
}
`
const CPP_SCRIPT = `
@compile-warning main.cpp:6:9: warning: unused variable 'unused' [-Wunused-variable]
@compile-error main.cpp:8:27: error: expected ';' before '}' token
`
const ASK = `import os

name = input("What is your name? ")
print(f"Hello, {name}!")
answer = eval(input("A sum: "))
os.system("date")
`
const ASK_SCRIPT = '@ask What is your name? \n@hello\n@ask A sum: \n'
const SUM = `first, second = map(int, input().split())
print(first + second)
`

const ENDLESS = 'print("Counting…")\nwhile True:\n    pass\n'
const SLOW = 'import time\n\nprint("Working…")\ntime.sleep(60)\n'

async function run(code: CodePage): Promise<void> {
  await code.run.click()
  await code.status.getByText(/Succeeded|Did not compile|Failed|exceeded/).waitFor()
}

describe.skipIf(!process.env['UPDATE_SCREENSHOTS'] || !HAS_BROWSER)('pictures of', () => {
  let browser: Browser
  let fake: FakeServer

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true })
    browser = await launchBrowser()
    fake = await startFakeServer()
    fake.script(CPP, CPP_SCRIPT)
    fake.script(ASK, ASK_SCRIPT)
    fake.script(SUM, '@sum')
    fake.script(ENDLESS, '@print Counting…\n@verdict time_limit_exceeded')
    fake.script(SLOW, '@print Working…\n@hang')
  })
  afterAll(async () => {
    await browser.close()
    await fake.close()
  })

  async function picture(
    name: string,
    options: PageOptions,
    prepare: (code: CodePage, page: Page) => Promise<void>,
  ) {
    const { page, context } = await openPage(browser, fake.url, options)
    const code = new CodePage(page)
    await code.ready()
    if (!options.phone) {
      await code.fullEditor()
    }
    await prepare(code, page)
    await page.mouse.move(0, 0)
    await page.waitForTimeout(400)
    await page.screenshot({ path: path.join(FOLDER, `${name}.png`) })
    await context.close()
  }

  it.each([360, 768, 1280, 1920] as const)('a run at %d pixels', async (width) => {
    await picture(`run-${width}`, SIZES[width], run)
  })

  it('the code on a phone', async () => {
    await picture('code-360', SIZES[360], () => Promise.resolve())
  })

  it('the dark theme', async () => {
    await picture('dark-1280', { ...SIZES[1280], dark: true }, run)
  })

  it('a program that asks', async () => {
    await picture('interactive-1280', SIZES[1280], async (code, page) => {
      await code.write(ASK)
      await code.run.click()
      await code.screen.getByText('What is your name?').waitFor()
      await page.keyboard.type('Ada')
      await page.keyboard.press('Enter')
      await code.screen.getByText('A sum:').waitFor()
    })
  })

  it.each([360, 1280] as const)('findings at %d pixels', async (width) => {
    await picture(`findings-${width}`, SIZES[width], async (code, page) => {
      await code.chooseLanguage('C++')
      if (width === 360) {
        await page.getByRole('textbox', { name: 'Code of main.cpp' }).fill(CPP)
      } else {
        await code.write(CPP)
      }
      await run(code)
      await code.tab('Findings').click()
    })
  })

  it('findings of the analysis, dark', async () => {
    await picture('analysis-1280', { ...SIZES[1280], dark: true }, async (code, page) => {
      await code.write(ASK)
      await code.tab('Findings').click()
      await page.getByRole('button', { name: 'Check now' }).click()
      await page.getByText('Calls os.system').waitFor()
    })
  })

  it.each([360, 1280] as const)('tests at %d pixels', async (width) => {
    await picture(`tests-${width}`, SIZES[width], async (code, page) => {
      if (width === 360) {
        await page.getByRole('textbox', { name: 'Code of main.py' }).fill(SUM)
        await page.getByRole('button', { name: 'Output' }).click()
      } else {
        await code.write(SUM)
      }
      await code.tab('Tests').click()
      await page.getByRole('button', { name: 'Delete Sample' }).click()
      for (const [input, expected] of [
        ['1 2', '3'],
        ['2 2', '5'],
      ] as const) {
        await page.getByRole('button', { name: 'Add a test' }).click()
        const row = page.locator('.test').last()
        await row.getByLabel('Input').fill(input)
        await row.getByLabel('Expected output').fill(expected)
        await row.locator('.test-toggle').click()
      }
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.getByText('1 of 2 tests passed').waitFor()
      await page.locator('.test').last().locator('.test-toggle').click()
    })
  })

  it.each([360, 1280] as const)('a result with the runs before it at %d pixels', async (width) => {
    await picture(`result-${width}`, SIZES[width], async (code) => {
      for (let count = 0; count < 6; count += 1) {
        await run(code)
      }
      await code.tab('Result').click()
    })
  })

  it('the history', async () => {
    await picture('history-1280', SIZES[1280], async (code, page) => {
      await run(code)
      await code.write(ENDLESS)
      await run(code)
      await code.tab('History').click()
      await page.locator('.history-toggle').first().click()
    })
  })

  it.each([360, 768, 1280] as const)('several files at %d pixels', async (width) => {
    await picture(`files-${width}`, SIZES[width], async (_, page) => {
      for (const name of ['shop/cart.py', 'shop/prices.py', 'data/items.json']) {
        await page.getByRole('button', { name: 'New file' }).first().click()
        await page.getByLabel('Name of the new file').fill(name)
        await page.keyboard.press('Enter')
      }
      if ((await page.locator('#files-panel').count()) === 0) {
        await page.getByRole('button', { name: 'Files', exact: true }).click()
      }
    })
  })

  it('the choice of languages', async () => {
    await picture('languages-1280', SIZES[1280], async (_, page) => {
      await page.getByRole('button', { name: /^Language:/ }).click()
    })
  })

  it.each([360, 1280] as const)('sharing at %d pixels', async (width) => {
    await picture(`share-${width}`, SIZES[width], async (_, page) => {
      if (width === 360) {
        await page.getByRole('button', { name: 'More' }).click()
        await page.getByRole('menuitem', { name: 'Share…' }).click()
      } else {
        await page.getByRole('button', { name: 'Share' }).click()
      }
      await page.getByRole('button', { name: 'Make a short link' }).click()
      await page.getByText('Works until').waitFor()
    })
  })

  it('the settings', async () => {
    await picture('settings-1280', SIZES[1280], async (_, page) => {
      await page.getByRole('button', { name: 'Settings' }).click()
    })
  })

  it('the input', async () => {
    await picture('input-1280', SIZES[1280], async (code, page) => {
      await code.tab('Input').click()
      await page.getByLabel('Standard input').fill('3 4\n5 6\n')
      await page.getByLabel('Arguments').fill('--verbose "two words"')
    })
  })

  it.each([360, 1280] as const)('too many runs at %d pixels', async (width) => {
    fake.refuse({
      status: 429,
      code: 'RATE_LIMITED',
      message: 'Too many executions from this address.',
      retryAfterSeconds: 42,
    })
    await picture(`rate-limited-${width}`, SIZES[width], async (code) => {
      await code.run.click()
      await code.banners.getByText('Too many executions').waitFor()
    })
    fake.refuse(null)
  })

  it.each([360, 1280] as const)('languages being prepared at %d pixels', async (width) => {
    fake.setLanguages((languages) =>
      languages.map((language, index) =>
        index < 3
          ? {
              ...language,
              state: 'installing' as const,
              version: null,
              installation:
                index === 0 ? { step: 'installing 4 packages with what they need', fraction: 0.6 } : null,
            }
          : language,
      ),
    )
    await picture(`preparing-${width}`, SIZES[width], () => Promise.resolve())
    fake.setLanguages((languages) => languages)
  })

  it('a restart in mid-run', async () => {
    await picture('interrupted-1280', SIZES[1280], async (code) => {
      await code.write(SLOW)
      await code.run.click()
      await code.screen.getByText('Working…').waitFor()
      const back = await fake.stop()
      await code.banners.getByText('Waiting for the service').waitFor()
      setTimeout(() => void back(), 3000)
    })
  })
})
