/** Test support: gives what was not given before, so that one leftover fails the test that left it and no later one. */
export function reportOnce(): (found: readonly string[]) => readonly string[] {
  const reported = new Set<string>()
  return (found) => {
    const news = found.filter((one) => !reported.has(one))
    for (const one of news) reported.add(one)
    return news
  }
}
