/** Splits a line into arguments as shells do for plain words and quotes; nothing is expanded. */
export function parseArgs(line: string): string[] {
  const args: string[] = []
  let current: string | null = null
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    const next = line[at + 1]
    if (character === '\\' && quote !== "'" && next !== undefined && (quote === '' || /["\\]/.test(next))) {
      current = (current ?? '') + next
      at += 1
    } else if (quote !== '') {
      if (character === quote) {
        quote = ''
      } else {
        current += character
      }
    } else if (character === '"' || character === "'") {
      quote = character
      current ??= ''
    } else if (/\s/.test(character)) {
      if (current !== null) {
        args.push(current)
      }
      current = null
    } else {
      current = (current ?? '') + character
    }
  }
  if (current !== null) {
    args.push(current)
  }
  return args
}

/** The line that `parseArgs` splits into these arguments. */
export function formatArgs(args: readonly string[]): string {
  return args
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'"'"'`)}'`))
    .join(' ')
}
