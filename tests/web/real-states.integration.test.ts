/** The states people meet that the service brings about: starting, busy, refusing, away, restarted. All for real. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'

import { start } from '../e2e/support/interactive.js'
import { DATA_DIRECTORY, startService, type Service } from '../hostile/harness/service.js'
import { describeReal, runToEnd } from './support/real-suite.js'
import { SOON, until } from './support/until.js'

const SAY_DONE = 'print("done")\n'
const WAIT_LONG = 'import time\nprint("working", flush=True)\ntime.sleep(600)\n'

/** A service for one test alone. */
async function withService(
  environment: Readonly<Record<string, string>>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await startService(environment)
  try {
    await use(service)
  } finally {
    await service.stop()
  }
}

describeReal('the page and a service that is away', {}, ({ visit }) => {
  it('offline: keeps the code, says so, and finds the service again by itself', async () => {
    await visit({ networkFails: true }, async (code, _, context) => {
      await code.write(SAY_DONE)
      await context.setOffline(true)
      await code.banners.getByText('The service cannot be reached. Your code is kept').waitFor()
      await code.run.click()
      await code.banners.getByText('Waiting for the service…').waitFor()
      await context.setOffline(false)
      await code.banners.getByText('The service is back.').waitFor()
      expect(await code.shownCode()).toContain('print("done")')
      expect(await runToEnd(code)).toBe('Succeeded')
    })
  })
})

describeReal('the page and a service with little room', null, ({ visit }) => {
  it('too many runs: says for how many seconds to wait, and runs again when they are over', async () => {
    await withService({ CODEEXEC_RATE_LIMIT: '1/6s' }, async (service) => {
      await visit({ service, networkFails: true }, async (code, page) => {
        await code.write(SAY_DONE)
        expect(await runToEnd(code)).toBe('Succeeded')
        await code.run.click()
        await code.banners.getByText('run it again when the wait is over').waitFor()
        const waiting = page.getByRole('button', { name: /^Run in \d+ s$/ })
        expect(await waiting.isDisabled()).toBe(true)
        await waiting.waitFor({ state: 'detached' })
        expect(await runToEnd(code)).toBe('Succeeded')
        expect(await code.banners.innerText()).toBe('')
      })
    })
  })

  it('waits in the queue and tells the place; a full queue is said to be full', async () => {
    const room = {
      CODEEXEC_INTERACTIVE_SLOTS: '1',
      CODEEXEC_QUEUE_CAPACITY: '1',
      CODEEXEC_IDLE_PROGRAMS: '0',
    }
    await withService(room, async (service) => {
      const first = await start(service, { language: 'python', code: 'print("up")\ninput()' })
      await first.said('up')
      await visit({ service }, async (code) => {
        await code.write(SAY_DONE)
        await code.run.click()
        await code.status.getByText('Waiting in the queue').waitFor()
        expect(await code.status.innerText()).toContain('position 1')
        await visit({ service }, async (other, page) => {
          await other.write(SAY_DONE)
          await other.run.click()
          await other.banners.getByText(/queue is full.*Nothing was lost; run it again in a moment/).waitFor()
          first.type('\n')
          await code.status.getByText('Succeeded').waitFor()
          await page.getByRole('button', { name: 'Run again' }).click()
          await other.status.getByText('Succeeded').waitFor()
        })
      })
    })
  })

  it('a service that prepares its languages: which, how far, and that the others can be used', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'codeexec-page-images-'))
    const images = path.join(folder, 'images')
    mkdirSync(images)
    for (const name of readdirSync(path.join(DATA_DIRECTORY, 'images')).filter((n) =>
      /^(base|python)-/.test(n),
    ))
      symlinkSync(path.join(DATA_DIRECTORY, 'images', name), path.join(images, name))
    try {
      const settings = { CODEEXEC_DATA_DIR: folder, CODEEXEC_LANGUAGES: 'python,ruby' }
      await withService(settings, async (service) => {
        await visit({ service }, async (code, page) => {
          await code.banners
            .getByText('1 of 2 languages are ready and can be used. Being prepared: Ruby. Ruby:')
            .waitFor()
          expect(Number(await page.getByRole('progressbar').getAttribute('value'))).toBeGreaterThanOrEqual(1)
          await code.write(SAY_DONE)
          expect(await runToEnd(code)).toBe('Succeeded')
          await code.chooseLanguage('Ruby')
          await code.run.click()
          await code.banners.getByText('Ruby is still being prepared. Choose another language').waitFor()
        })
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it.each([
    ['is stopped', (service: Service) => service.stop(), /stopping|restarting/],
    ['crashes', (service: Service) => service.crash(), /The connection was lost before the program ended/],
  ])('a service that %s in mid-run and comes back', async (_, end, words) => {
    let service = await startService({ CODEEXEC_DRAIN_DEADLINE: '300ms' })
    try {
      await visit({ service, networkFails: true }, async (code) => {
        await code.write(WAIT_LONG)
        await code.run.click()
        await code.screen.getByText('working').waitFor()
        await end(service)
        await code.banners.getByText(words).waitFor()
        await code.banners.getByText('Waiting for the service…').waitFor()
        await expect.poll(() => code.output(), SOON).toBe('working')
        await service.stop()
        service = await startService({ PORT: String(service.port) })
        await code.banners.getByText('The service is back.').waitFor()
        await code.write(SAY_DONE)
        expect(await runToEnd(code)).toBe('Succeeded')
        await until(
          () => code.output(),
          (text) => text === 'done',
        )
      })
    } finally {
      await service.stop()
    }
  })
})
