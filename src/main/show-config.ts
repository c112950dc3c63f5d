/** `codeexec config`: the effective settings, without secrets. */
import type { Config } from '../config/variables.js'

/** User and password of a URL are the only secrets a setting can hold. */
function withoutCredentials(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !URL.canParse(value)) return value
  const url = new URL(value)
  if (url.username === '' && url.password === '') return value
  url.username = '***'
  url.password = ''
  return url.href
}

/** The settings as JSON; names carry their units. */
export function showConfig(config: Config): string {
  return JSON.stringify(config, withoutCredentials, 2)
}
