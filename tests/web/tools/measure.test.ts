/**
 * How quick the page is on this machine: printed, not judged, because a busy machine must fail no test.
 * `npm run measure:web`.
 */
import { describe, it } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { HAS_BROWSER, launchBrowser, openPage } from '../support/browser.js'
import { startFakeServer } from '../support/fake-server.js'
import { CodePage } from '../support/page-object.js'

const ROUNDS = 3
const RUNS = 6

/** Notes, inside the page, when a key was pressed, when the first output arrived and when it was on the screen. */
const NOTE_TIMES = `
  const times = (window.times = {})
  window.forgetRun = () => ['key', 'connecting', 'arrived', 'shown'].forEach((name) => delete times[name])
  addEventListener('keydown', (event) => event.key === 'Enter' && (times.key ??= performance.now()), true)
  const Original = WebSocket
  window.WebSocket = class extends Original {
    constructor(...args) {
      super(...args)
      times.connecting = performance.now()
      this.addEventListener('message', (event) => {
        if (JSON.parse(event.data).type === 'stdout') times.arrived ??= performance.now()
      })
    }
  }
  new MutationObserver(() => {
    const rows = document.querySelector('.xterm-rows')
    if (rows?.textContent.includes('███')) times.shown ??= performance.now()
    if (document.querySelector('.plain-editor textarea')) times.plainEditor ??= performance.now()
    if (document.querySelector('.monaco-editor .view-line')) times.fullEditor ??= performance.now()
  }).observe(document, { childList: true, subtree: true, characterData: true })
`

type Times = Record<
  'key' | 'connecting' | 'arrived' | 'shown' | 'plainEditor' | 'fullEditor' | 'paint',
  number
>

async function timesOfOneVisit(browser: Browser, url: string): Promise<Times[]> {
  const { page, context } = await openPage(browser, 'about:blank', { fragment: '' })
  await page.addInitScript(NOTE_TIMES)
  await page.goto(url)
  const code = new CodePage(page)
  await code.fullEditor()
  await code.ready()
  // Nobody presses Run in the moment the editor appears.
  await page.waitForTimeout(1000)
  const runs: Times[] = []
  for (let count = 0; count < RUNS; count += 1) {
    await page.evaluate('forgetRun()')
    await page.keyboard.press('Control+Enter')
    await code.status.getByText('Succeeded').waitFor()
    await page.waitForFunction('times.shown')
    runs.push(await noted(page))
  }
  await context.close()
  return runs
}

function noted(page: Page): Promise<Times> {
  return page.evaluate(
    () =>
      ({
        ...(window as unknown as { times: object }).times,
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      }) as Times,
  )
}

function median(values: readonly number[]): number {
  return Math.round((values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN) * 10) / 10
}

describe.skipIf(!process.env['MEASURE'] || !HAS_BROWSER)('the page on this machine', () => {
  // oxlint-disable-next-line vitest/expect-expect -- it prints
  it('from a cold cache, in milliseconds', async () => {
    const fake = await startFakeServer()
    const visits: Times[][] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      // A new browser each time: nothing is cached, nothing is compiled yet.
      const browser = await launchBrowser()
      visits.push(await timesOfOneVisit(browser, fake.url))
      await browser.close()
    }
    await fake.close()
    const first = visits.flatMap((runs) => runs.slice(0, 1))
    const later = visits.flatMap((runs) => runs.slice(1))
    const added = (times: Times) => times.connecting - times.key + (times.shown - times.arrived)
    const of = (runs: readonly Times[], value: (times: Times) => number) => median(runs.map(value))
    console.table({
      'first contentful paint': of(first, (times) => times.paint),
      'plain editor there': of(first, (times) => times.plainEditor),
      'full editor there': of(first, (times) => times.fullEditor),
      'first run: key to connection': of(first, (times) => times.connecting - times.key),
      'first run: arrival to screen': of(first, (times) => times.shown - times.arrived),
      'first run: added to the service’s own time': of(first, added),
      'later runs: key to connection': of(later, (times) => times.connecting - times.key),
      'later runs: arrival to screen': of(later, (times) => times.shown - times.arrived),
      'later runs: added to the service’s own time': of(later, added),
    })
  })
})
