type Result<T, E = Error> = { ok: true; value: T } | { ok: false; error: E }
const parse = (text: string): Result<number, string> => {
  const value = Number(text)
  return Number.isNaN(value) ? { ok: false, error: `${text} is no number` } : { ok: true, value }
}
for (const text of ['3', 'x']) {
  const result = parse(text)
  console.log(result.ok ? result.value : result.error)
}
