/** What a rule is: data. It is checked against its own snippets, and the documentation is generated from it. */
import type { FindingCategory, Severity } from '../../contract/analysis.js'
import type { SyntaxPattern } from './syntax-pattern.js'

export type Matcher =
  /** Calls of, and functions passed on under, these path patterns (see path-pattern.ts); constructors too. */
  | {
      readonly calls: readonly string[]
      /** What else must be true of the call. */
      readonly where?: SyntaxPattern
      /** Only when the program imports one of these. */
      readonly whenImported?: readonly string[]
    }
  /** Any use of these, called or not: `System.in`. */
  | { readonly mentions: readonly string[] }
  /** Imports of these that are never used by name, so that no call can be shown. */
  | { readonly importsOnly: readonly string[] }
  /** Nodes of this shape. */
  | { readonly syntax: SyntaxPattern }
  /** Loops without a way out. */
  | { readonly endlessLoops: true }

export interface Rule {
  /** `<language>/<what>`; a promise to clients, so never reused for something else. */
  readonly id: string
  readonly category: FindingCategory
  readonly severity: Severity
  /** What happens and what to do instead. `{name}` is what was found: `os.system`. */
  readonly message: string
  /** A finding when any of them matches. */
  readonly match: readonly Matcher[]
  /** Programs in which the rule must find something… */
  readonly finds: readonly string[]
  /** …and in which it must not, though they look alike. */
  readonly ignores: readonly string[]
}
