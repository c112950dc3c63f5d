/** What of a setting may be shown to others. */

/**
 * An address without user, password and options, which may hold secrets too; text that is no address stays as it is.
 * Read without a parser, for lists of hosts and what is refused are no URLs.
 */
export function withoutSecrets(text: string): string {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/is.exec(text) ?? []
  if (scheme === undefined) return text
  // A password may hold anything, a question mark as well: the last @ ends it.
  const at = rest.lastIndexOf('@')
  const [address = '', ...options] = rest.slice(at + 1).split('?')
  const credentials = at === -1 ? '' : '***@'
  return `${scheme}${credentials}${address}${options.length > 0 ? '?***' : ''}`
}
