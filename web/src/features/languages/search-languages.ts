import type { Language } from '../../api/wire.js'

const STATE_ORDER: Readonly<Record<Language['state'], number>> = {
  ready: 0,
  installing: 1,
  failed: 2,
  absent: 3,
}

/** Those whose name, alias, extension or version matches; names that begin with the words first, ready ones before others. */
export function searchLanguages(languages: readonly Language[], query: string): Language[] {
  const wanted = query.trim().toLowerCase()
  return languages
    .map((language) => ({ language, rank: rankOf(language, wanted) }))
    .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
    .toSorted(
      (a, b) =>
        a.rank - b.rank ||
        STATE_ORDER[a.language.state] - STATE_ORDER[b.language.state] ||
        a.language.name.localeCompare(b.language.name),
    )
    .map(({ language }) => language)
}

function rankOf({ id, name, aliases, extensions, version }: Language, wanted: string): number {
  const names = [id, name.toLowerCase(), ...aliases.map((alias) => alias.toLowerCase())]
  if (wanted === '') {
    return 0
  }
  if (names.includes(wanted) || extensions.includes(wanted.replace(/^\./, ''))) {
    return 0
  }
  if (names.some((candidate) => candidate.startsWith(wanted))) {
    return 1
  }
  const whole = [...names, `${name} ${version}`.toLowerCase()]
  return whole.some((candidate) => candidate.includes(wanted)) ? 2 : Number.POSITIVE_INFINITY
}
