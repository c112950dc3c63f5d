/** How the text of an environment variable becomes a value; each schema's description says how to write it. */
import { BlockList, isIP } from 'node:net'
import { z } from 'zod'

const MILLISECONDS_PER = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const BYTES_PER = new Map([
  ['', 1],
  ['B', 1],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
])

/** A number and its unit as a whole multiple of the smallest unit, above zero; undefined when it is not one. */
function quantity(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? []
  const total = Math.round(Number(amount) * (units.get(unit) ?? Number.NaN))
  return Number.isSafeInteger(total) && total > 0 ? total : undefined
}

/** A parser's answer when the text makes no sense: the sentence that says what would. */
class Refusal {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

function parsed<T>(format: string, parse: (text: string) => T | Refusal) {
  return z
    .string()
    .transform((text, context): T => {
      const value = parse(text.trim())
      if (!(value instanceof Refusal)) return value
      context.addIssue({ code: 'custom', message: value.message })
      return z.NEVER
    })
    .describe(format)
}

export const text = parsed('text', (value) => value)

/** A whole number between two bounds. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `at least ${minimum}` : `between ${minimum} and ${maximum}`
  return parsed(`whole number, ${range}`, (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    return number >= minimum && number <= maximum ? number : new Refusal(`must be a whole number ${range}`)
  })
}

/** A positive number that may have a fraction. */
export const positiveNumber = parsed('number above 0', (value) => {
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0
  return number > 0 ? number : new Refusal('must be a number above 0, such as 1 or 0.5')
})

/** Whole milliseconds above zero, written with a unit. */
export const durationMs = parsed(
  'duration: `500ms`, `5s`, `15m`, `24h`, `30d`',
  (value) =>
    quantity(value, MILLISECONDS_PER) ??
    new Refusal('must be a duration with its unit (ms, s, m, h, d), such as 500ms or 5s'),
)

/** Whole bytes above zero; KiB counts 1024, KB 1000. */
export const bytes = parsed(
  'size: `512KiB`, `64MiB`, `1GiB`, or bytes',
  (value) =>
    quantity(value, BYTES_PER) ??
    new Refusal('must be a size such as 64MiB or 512KiB (units B, KB, MB, GB, KiB, MiB, GiB)'),
)

/** As `bytes`, or zero. */
export const bytesOrNone = parsed(
  'size: `128MiB`, `1GiB`, or bytes; or `0`',
  (value) =>
    (value === '0' ? 0 : quantity(value, BYTES_PER)) ?? new Refusal('must be a size such as 128MiB, or 0'),
)

/** As `bytes`, or null for `off`. */
export const bytesOrOff = parsed(
  'size: `128MiB`, `1GiB`, or bytes; or `off`',
  (value): number | null | Refusal =>
    value === 'off'
      ? null
      : (quantity(value, BYTES_PER) ?? new Refusal('must be a size such as 128MiB, or off')),
)

/** A part of a whole as a number above 0, at most 1. */
export const percentage = parsed('percentage: `25%`, `90%`', (value) => {
  const percent = /^\d+(\.\d+)?%$/.test(value) ? Number(value.slice(0, -1)) : 0
  return percent > 0 && percent <= 100
    ? percent / 100
    : new Refusal('must be a percentage above 0, at most 100, such as 90%')
})

/** At most `requests` in each window of `windowMs`. */
export interface Rate {
  readonly requests: number
  readonly windowMs: number
}

/** A rate, or null for no limit. */
export const rate = parsed('requests per duration: `100/15m`; or `off`', (value): Rate | null | Refusal => {
  if (value === 'off') return null
  const [count = '', window = '', ...rest] = value.split('/')
  const requests = /^\d+$/.test(count) ? Number(count) : 0
  const windowMs = quantity(window, MILLISECONDS_PER)
  return requests > 0 && windowMs !== undefined && rest.length === 0
    ? { requests, windowMs }
    : new Refusal('must be requests per duration, such as 100/15m, or off')
})

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]) {
  return parsed(
    words.map((word) => `\`${word}\``).join(', '),
    (value) => words.find((word) => word === value) ?? new Refusal(`must be one of ${words.join(', ')}`),
  )
}

export const onOff = parsed('`on`, `off`', (value) =>
  value === 'on' || value === 'off' ? value === 'on' : new Refusal('must be on or off'),
)

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Language ids, or `all`. */
export const languageList = parsed(
  'ids separated by commas, or `all`',
  (value): 'all' | readonly string[] | Refusal => {
    if (value === 'all') return 'all'
    const ids = splitList(value)
    const wrong = ids.find((id) => !/^[a-z][a-z0-9-]*$/.test(id))
    if (wrong !== undefined) return new Refusal(`names "${wrong}", which is not a language id`)
    return ids.length > 0 ? ids : new Refusal('must name at least one language, or be all')
  },
)

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal'])

function isNetwork(entry: string): boolean {
  if (NAMED_NETWORKS.has(entry) || isIP(entry) !== 0) return true
  const [address = '', prefix = '', ...rest] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0 || !/^\d+$/.test(prefix)) return false
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6')
    return true
  } catch {
    return false
  }
}

/** Addresses and networks, never "everyone": a proxy is trusted only by name. */
export const networks = parsed(
  'addresses or networks separated by commas: `10.0.0.5`, `172.16.0.0/12`, `loopback`, `linklocal`, `uniquelocal`',
  (value): readonly string[] | Refusal => {
    const entries = splitList(value)
    const wrong = entries.find((entry) => !isNetwork(entry))
    return wrong === undefined
      ? entries
      : new Refusal(`names "${wrong}", which is neither an address nor a network such as 10.0.0.0/8`)
  },
)

/** Names and addresses of this service as a Host header has them, without port; `*.` before a name takes all below it. */
export const hostNames = parsed(
  'host names or addresses separated by commas: `code.example.com`, `*.example.com`, `localhost`, `[::1]`',
  (value): readonly string[] | Refusal => {
    const entries = splitList(value.toLowerCase())
    const wrong = entries.find(
      (entry) => !/^(?:(?:\*\.)?[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?|\[[\da-f:.]+\])$/.test(entry),
    )
    return wrong === undefined
      ? entries
      : new Refusal(
          `names "${wrong}", which is not a host name such as code.example.com, without scheme and port`,
        )
  },
)

/** Origins as browsers send them. */
export const origins = parsed(
  'origins separated by commas: `https://learn.example.com`, `http://localhost:5173`',
  (value): readonly string[] | Refusal => {
    const entries = splitList(value)
    const wrong = entries.find(
      (entry) => !URL.canParse(entry) || new URL(entry).origin !== entry.toLowerCase(),
    )
    return wrong === undefined
      ? entries.map((entry) => entry.toLowerCase())
      : new Refusal(`names "${wrong}", which is not an origin such as https://learn.example.com`)
  },
)

/** A URL of one of the given schemes. */
export function url(...schemes: readonly [string, ...string[]]) {
  return parsed(`URL: ${schemes.map((scheme) => `\`${scheme}://…\``).join(', ')}`, (value) =>
    schemes.some((scheme) => value.startsWith(`${scheme}://`)) && URL.canParse(value)
      ? value
      : new Refusal(`must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`),
  )
}

/** An address of MongoDB: one server, the members of a replica set, or a name in DNS. The driver reads the rest. */
export const mongodbUrl = parsed('URL: `mongodb://…` with one host or several, `mongodb+srv://…`', (value) =>
  /^mongodb(?:\+srv)?:\/\/(?:[^@]*@)?[^\s,/?@]+(?:,[^\s,/?@]+)*(?:\/[^\s?]*)?(?:\?\S*)?$/.test(value)
    ? value
    : new Refusal(
        'must begin with mongodb:// or mongodb+srv:// and name its hosts, such as mongodb://m1:27017,m2:27017/codeexec; ' +
          '@ and : in a password are written %40 and %3A',
      ),
)

/** A signing secret as Standard Webhooks writes it: 24 to 64 random bytes. */
export const webhookSecret = parsed('`whsec_` and 24 to 64 bytes in base64', (value) => {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1] ?? ''
  const length = Buffer.from(encoded, 'base64').length
  return length >= 24 && length <= 64
    ? value
    : new Refusal('must be whsec_ followed by 24 to 64 bytes in base64')
})
