import { afterAll, beforeAll, expect } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'

import { launchBrowser, NETWORK_COMPLAINT, openPage, type PageOptions } from './browser.js'
import { startFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.js'
import { CodePage } from './page-object.js'

export interface Visit {
  readonly code: CodePage
  readonly page: Page
  readonly context: BrowserContext
  readonly fake: FakeServer
}

export interface VisitOptions extends PageOptions {
  /** The test brings the network down, so its complaints are expected. */
  readonly networkFails?: boolean
  readonly server?: FakeServerOptions
}

/** One browser per file; each visit is a fresh profile and a fresh service, and must leave no complaint behind. */
export function pageSuite(): (
  options: VisitOptions,
  visit: (visit: Visit) => Promise<void>,
) => Promise<void> {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })
  return async (options, visit) => {
    const fake = await startFakeServer(options.server)
    try {
      const { page, context, complaints } = await openPage(browser, fake.url, options)
      page.setDefaultTimeout(15_000)
      const code = new CodePage(page)
      await code.ready()
      await visit({ code, page, context, fake })
      const unexpected = options.networkFails
        ? complaints.filter((complaint) => !NETWORK_COMPLAINT.test(complaint))
        : complaints
      expect(unexpected).toEqual([])
      await context.close()
    } finally {
      await fake.close()
    }
  }
}
