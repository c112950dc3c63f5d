/** Chromium with the page in it, and everything the browser complained about. */
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

export const HAS_BROWSER = EXECUTABLE !== undefined

/** Ends the title of a suite that needs a browser: the reason where it is skipped. */
export const WHY_SKIPPED = HAS_BROWSER
  ? ''
  : ', skipped: there is no Chromium here (apt-get install chromium)'

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly phone?: boolean
  readonly dark?: boolean
  readonly fragment?: string
}

export interface OpenPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors on the console, uncaught exceptions, refused by policy, and requests to elsewhere. */
  readonly complaints: string[]
}

/** Messages that come from the network being away, which some tests bring about on purpose. */
export const NETWORK_COMPLAINT = /Failed to load resource|WebSocket connection to|ERR_/

export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.dark ? 'dark' : 'light',
    hasTouch: options.phone ?? false,
    isMobile: options.phone ?? false,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`console ${message.type()}: ${message.text()}`)
    }
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('request', (request) => {
    const address = new URL(request.url())
    if (address.origin !== new URL(url).origin && !['data:', 'blob:'].includes(address.protocol)) {
      complaints.push(`request to ${address.origin}`)
    }
  })
  await page.goto(url + (options.fragment ?? '/'))
  return { page, context, complaints }
}
