import { describe, expect, it } from 'vitest'

import { HAS_BROWSER, WHY_SKIPPED } from './support/browser.js'
import { pageSuite } from './support/suite.js'
import { SOON } from './support/until.js'

describe.skipIf(!HAS_BROWSER)(`states people meet${WHY_SKIPPED}`, () => {
  const visit = pageSuite()

  it.each([
    ['with a live connection', {}],
    ['without one', { server: { without: ['interactive'] as const } }],
  ])('too many runs, %s: says how long to wait and counts down', async (_, options) => {
    await visit({ ...options, networkFails: true }, async ({ code, page, fake }) => {
      fake.refuse({
        status: 429,
        code: 'RATE_LIMITED',
        message: 'Too many executions.',
        retryAfterSeconds: 3,
      })
      await code.run.click()
      await code.banners
        .getByText('Too many executions. Your code is kept; run it again when the wait is over.')
        .waitFor()
      await page.getByRole('button', { name: /Run in \d s/ }).waitFor()
      expect(await page.getByRole('button', { name: /Run in \d s/ }).isDisabled()).toBe(true)
      fake.refuse(null)
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      expect(await code.banners.getByText('Too many').count()).toBe(0)
    })
  })

  it('a full queue', async () => {
    await visit({}, async ({ code, page, fake }) => {
      fake.refuse({
        status: 503,
        code: 'QUEUE_FULL',
        message: 'All slots are busy and the queue is full.',
        retryAfterSeconds: 1,
      })
      await code.run.click()
      await code.banners.getByText('All slots are busy and the queue is full. Nothing was lost').waitFor()
      fake.refuse(null)
      await page.getByRole('button', { name: 'Run again' }).click()
      await code.status.getByText('Succeeded').waitFor()
    })
  })

  it('a refused request shows the sentence of the service', async () => {
    await visit({}, async ({ code, page, fake }) => {
      fake.refuse({ status: 400, code: 'LIMIT_TOO_HIGH', message: 'limits.wallTimeMs can be at most 15000.' })
      await code.run.click()
      await code.banners
        .getByText('limits.wallTimeMs can be at most 15000. Change what the message names')
        .waitFor()
      await page.getByRole('button', { name: 'Dismiss' }).click()
      expect(await code.banners.innerText()).toBe('')
    })
  })

  it('a restart in mid-run: says so, waits, and says when the service is back', async () => {
    await visit({ networkFails: true }, async ({ code, fake }) => {
      await code.write('# @print before\n# @hang\n')
      await code.run.click()
      await code.screen.getByText('before').waitFor()
      const back = await fake.stop()
      await code.banners.getByText('The connection was lost before the program ended').waitFor()
      await code.banners.getByText('Waiting for the service…').waitFor()
      expect(await code.status.innerText()).toContain('Interrupted')
      await expect.poll(() => code.output(), SOON).toBe('before')
      await back()
      await code.banners.getByText('The service is back.').waitFor()
      await code.write('# @print again\n')
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
    })
  })

  it('a restart while tests run: says so where the tests are', async () => {
    await visit({ networkFails: true }, async ({ code, page, fake }) => {
      await code.write('# @hang\n')
      await code.tab('Tests').click()
      await page.getByRole('button', { name: 'Run tests' }).click()
      await page.getByText('Running…').waitFor()
      const back = await fake.stop()
      await code.banners.getByText('The service cannot be reached.').waitFor()
      await back()
      await page.locator('.inline-problem').getByText('The connection was lost').waitFor()
      await page.getByRole('button', { name: 'Run tests' }).waitFor()
    })
  })

  it('offline: the code stays, and the page finds the service again by itself', async () => {
    await visit({ networkFails: true }, async ({ code, context }) => {
      await code.fullEditor()
      await context.setOffline(true)
      await code.banners
        .getByText('The service cannot be reached. Your code is kept in this browser')
        .waitFor()
      await code.run.click()
      await code.banners.getByText('Waiting for the service…').waitFor()
      expect(await code.shownCode()).toContain('Counter')
      await context.setOffline(false)
      await code.banners.getByText('The service is back.').waitFor()
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
    })
  })

  it('a service that is starting: which languages are being prepared, how far, and then all are', async () => {
    await visit({}, async ({ code, page, fake }) => {
      fake.setLanguages((languages) =>
        languages.map((language) =>
          language.id === 'java' || language.id === 'go'
            ? {
                ...language,
                state: 'installing' as const,
                version: null,
                installation: { step: 'unpacking the compiler', fraction: 0.5 },
              }
            : language,
        ),
      )
      await page.reload()
      await code.banners
        .getByText('7 of 9 languages are ready and can be used. Being prepared: Go, Java.')
        .waitFor()
      await code.banners.getByText('unpacking the compiler.').waitFor()
      expect(await page.getByRole('progressbar').getAttribute('value')).toBe('8')
      await code.chooseLanguage('Java')
      await code.run.click()
      await code.banners.getByText('Java is still being prepared. Choose another language').waitFor()
      expect(fake.received).toHaveLength(0)
      fake.setLanguages((languages) => languages)
      await page.getByRole('button', { name: /^Language: *Java *21/ }).waitFor()
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      expect(await page.getByRole('progressbar').count()).toBe(0)
    })
  })

  it('a language that is not installed', async () => {
    await visit({}, async ({ code, page, fake }) => {
      fake.setLanguages((languages) =>
        languages.map((language) =>
          language.id === 'ruby' ? { ...language, state: 'absent', version: null } : language,
        ),
      )
      await page.reload()
      await code.ready()
      await code.chooseLanguage('Ruby')
      await code.run.click()
      await code.banners.getByText('Ruby is not installed on this server.').waitFor()
    })
  })

  it.each([
    ['@verdict time_limit_exceeded', 'Time limit exceeded', 'allow more time in the Input tab'],
    ['@verdict memory_limit_exceeded', 'Memory limit exceeded', 'allow more in the Input tab'],
    ['@verdict output_limit_exceeded', 'Output limit exceeded', 'What came before is in the terminal'],
    ['@verdict internal_error', 'The service failed', 'Your program is not at fault'],
    ['@exit 3', 'Failed', 'What it said is in the terminal'],
    ['@crash SIGSEGV', 'ended by SIGSEGV', 'What it said is in the terminal'],
  ])('%s', async (directive, status, advice) => {
    await visit({}, async ({ code, page }) => {
      await code.write(`# @print kept\n# ${directive}\n`)
      await code.run.click()
      await code.status.getByText(status).waitFor()
      await expect.poll(() => code.output(), SOON).toBe('kept')
      await code.status.click()
      await page.getByText(advice).waitFor()
    })
  })

  it('an answer that is not the contract’s is an error in words, not a broken page', async () => {
    await visit({ server: { without: ['interactive'] } }, async ({ code, page }) => {
      await page.route('**/api/v2/execute', (route) =>
        route.fulfill({ json: { succeeded: true, result: { jobId: 7 } } }),
      )
      await code.run.click()
      await code.banners.getByText("The server's answer is not understood").waitFor()
      expect(await code.run.isEnabled()).toBe(true)
    })
  })

  it('a live connection that does not come through: programs run by one request, and the page says so once', async () => {
    await visit({ networkFails: true, server: { without: ['upgrade'] } }, async ({ code, page, fake }) => {
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      await code.banners.getByText('The live connection could not be opened').waitFor()
      await page.getByRole('button', { name: 'Dismiss' }).click()
      await code.run.click()
      await code.status.getByText('Succeeded').waitFor()
      expect(fake.received).toHaveLength(2)
      expect(await code.banners.innerText()).toBe('')
    })
  })
})
