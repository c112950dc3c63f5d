/**
 * Keeps each language's program in the browser, so that nothing typed is lost by a reload or by looking at another
 * language. Only this browser sees it.
 */
import { projectSize, type Project } from './project.js'
import { EMPTY_INPUT, type ProgramInput } from './project-slice.js'
import type { TestsState } from './tests-slice.js'

export interface Draft {
  readonly project: Project
  readonly input: ProgramInput
  readonly tests: Pick<TestsState, 'cases' | 'checker'>
}

export interface Drafts {
  readonly language: string
  readonly byLanguage: Readonly<Record<string, Draft>>
}

const DRAFTS_KEY = 'codeexec.drafts'
/** Browsers give a page about 5 MB; a draft beyond this is not kept. */
const MAX_DRAFT_CHARACTERS = 1_500_000

export function loadDrafts(storage: Storage | null): Drafts {
  try {
    const stored = JSON.parse(storage?.getItem(DRAFTS_KEY) ?? 'null') as Partial<Drafts> | null
    const entries = Object.entries(stored?.byLanguage ?? {}).filter(([, draft]) => isDraft(draft))
    return { language: stored?.language ?? '', byLanguage: Object.fromEntries(entries) }
  } catch {
    return { language: '', byLanguage: {} }
  }
}

/** False when it could not be kept, because it is too large or storage is blocked. */
export function saveDrafts(storage: Storage | null, drafts: Drafts): boolean {
  const entries = Object.entries(drafts.byLanguage)
  const small = entries.filter(([, draft]) => projectSize(draft.project) <= MAX_DRAFT_CHARACTERS)
  try {
    storage?.setItem(
      DRAFTS_KEY,
      JSON.stringify({ language: drafts.language, byLanguage: Object.fromEntries(small) }),
    )
    return storage !== null && small.length === entries.length
  } catch {
    return false
  }
}

/** Storage is the person's own, but may be of an older version or damaged. */
function isDraft(value: unknown): value is Draft {
  const draft = value as Partial<Draft> | null
  const files = draft?.project?.files
  return (
    Array.isArray(files) &&
    files.length > 0 &&
    files.every((file) => typeof file?.path === 'string' && typeof file.content === 'string') &&
    files.some((file) => file.path === draft?.project?.entry) &&
    Object.keys(EMPTY_INPUT).every((key) => typeof draft?.input?.[key as keyof ProgramInput] === 'string') &&
    Array.isArray(draft?.tests?.cases)
  )
}

/** The browser's storage, or null where it is blocked. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
