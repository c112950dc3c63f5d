/** Progress for people: one line per step when it begins, and what it took when it took long. */

const startedAtMs = Date.now()

/** Prints one line. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** Ends the program with one sentence for the person who started it. */
export function fail(sentence) {
  process.stderr.write(`codeexec: ${sentence}\n`)
  process.exit(1)
}

/** Seconds with one decimal, for people. */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Seconds since the script started. */
export function elapsed() {
  return seconds(Date.now() - startedAtMs)
}
