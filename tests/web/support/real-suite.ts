import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'

import { reasonToSkip, startService, type Service } from '../../hostile/harness/service.js'
import { HAS_BROWSER, launchBrowser, NETWORK_COMPLAINT, openPage, type PageOptions } from './browser.js'
import { CodePage } from './page-object.js'

const reason = HAS_BROWSER ? reasonToSkip() : 'there is no Chromium here (apt-get install chromium)'

export interface RealVisitOptions extends PageOptions {
  /** The service refuses or leaves on purpose, so the browser's complaints about that are expected. */
  readonly networkFails?: boolean
  /** Another service than the suite's own. */
  readonly service?: Service
}

export interface RealVisit {
  readonly code: CodePage
  readonly page: Page
  readonly context: BrowserContext
}

export interface RealSuite {
  readonly service: () => Service
  readonly browser: () => Browser
  readonly visit: (
    options: RealVisitOptions,
    use: (code: CodePage, page: Page, context: BrowserContext) => Promise<void>,
  ) => Promise<void>
}

/** Tests of the page and a service of their own; each visit is a fresh profile and must leave no complaint behind. */
export function describeReal(
  title: string,
  environment: Readonly<Record<string, string>> | null,
  tests: (suite: RealSuite) => void,
): void {
  describe.skipIf(reason !== undefined)(`${title}${reason ? `, skipped: ${reason}` : ''}`, () => {
    let service: Service | undefined
    let browser: Browser | undefined
    beforeAll(async () => {
      if (environment) {
        service = await startService(environment)
      }
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await service?.stop()
    })
    const theService = () => service ?? fail('the suite has no service of its own')
    const theBrowser = () => browser ?? fail('the browser has not started')

    tests({
      service: theService,
      browser: theBrowser,
      visit: async (options, use) => {
        const { port } = options.service ?? theService()
        const { page, context, complaints } = await openPage(
          theBrowser(),
          `http://127.0.0.1:${port}`,
          options,
        )
        // A busy machine is slow; the test's own time limit is the one that counts.
        page.setDefaultTimeout(60_000)
        const code = new CodePage(page)
        await code.ready()
        await use(code, page, context)
        const unexpected = complaints.filter(
          (words) => !options.networkFails || !NETWORK_COMPLAINT.test(words),
        )
        expect(unexpected).toEqual([])
        await context.close()
      },
    })
  })
}

function fail(words: string): never {
  throw new Error(words)
}

const ENDED = /Succeeded|Failed|Did not compile|exceeded|Stopped|The service failed|Not run$|Interrupted/

/** Runs the program and waits for how it ended. */
export async function runToEnd(code: CodePage): Promise<string> {
  await code.run.click()
  return code.status.getByText(ENDED).first().innerText()
}
