/**
 * What a language is: data, no code. Adding a language touches one folder only, `src/languages/<id>/`.
 *
 * In `argv`, these elements are replaced: `{entry}` by the entry file's name, `{entry.dir}` by its folder (`.` for
 * none), `{entry.stem}` by its base name without extension, `{entry.path}` by its absolute path in the sandbox, and
 * an element that is exactly `{sources}` by one element per source file (those with the language's extensions; the
 * entry first), `{memoryMiB}` by the stage's memory limit in whole MiB. They are replaced inside an element too,
 * except `{sources}`. A name that a command could take for an option or a response file gets `./` in front. No shell
 * is involved.
 */
import type { Limits } from '../contract/limits.js'

/** A program published as one npm package per processor architecture (named as Debian names them). */
export interface NpmBinary {
  readonly version: string
  /** Package name and the registry's sha512 integrity of exactly that version. */
  readonly packages: Readonly<Record<string, { readonly name: string; readonly integrity: string }>>
}

export interface ImageRecipe {
  /** Language whose image this one adds to, where the two share much; the base layer otherwise. */
  readonly extends?: string
  /** Debian packages, installed without recommended ones. */
  readonly packages: readonly string[]
  /** Programs from npm packages: unpacked to /opt/<key>, the files of their `bin` folder linked in /usr/local/bin. */
  readonly npm?: Readonly<Record<string, NpmBinary>>
  /**
   * Files of this language's folder copied into the image: absolute path in the image, below /opt or /usr/local,
   * → path in the folder.
   */
  readonly files?: Readonly<Record<string, string>>
  /** Commands run inside the image after installation, without network, each an argv; warm-ups belong here. */
  readonly steps?: readonly (readonly string[])[]
  /** Paths inside the image removed at the end: documentation, caches, what no program needs. */
  readonly remove?: readonly string[]
  /** About how long the build takes on two cores; images that are quick to build are built first. */
  readonly buildSeconds: number
}

export interface StageRecipe {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface RunRecipe extends StageRecipe {
  /** For runtimes that take the whole of their stack when they start; the usual limit unless told. */
  readonly stackBytes?: number
}

export interface CompileRecipe extends StageRecipe {
  /** Text in a source with which compiling the same twice may give different programs; such ones are never kept. */
  readonly varyingText?: readonly string[]
}

/**
 * How starts of the run command may be prepared. `fork`: its interpreter is started ahead with the main file's name,
 * stopped when it first looks at that file, and forked for each program. It serves programs of that name in the
 * environment of an ordinary run; others are started as always.
 */
export interface WarmRecipe {
  readonly kind: 'fork'
  /**
   * Names, up to the first dot, that the interpreter looks for in the work folder before it looks at the program.
   * An execution that brings one of them is started as always.
   */
  readonly looksFor: readonly string[]
  /** Bytes that the program may not begin with, where the interpreter reads that far ahead of everything else. */
  readonly notFirst?: string
}

/**
 * What of a language can be started before an execution asks for it. Both are single programs in sandboxes of their
 * own, told over standard input what to do; docs/compilers.md has the protocols.
 */
export interface AheadRecipe {
  /** A compiler that stays and compiles one program after the other, without ever running one. */
  readonly compiler?: {
    readonly argv: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    /** Memory it may use; an execution whose own limit is smaller gets a compiler of its own. */
    readonly memoryBytes: number
    /** It is replaced after so many. */
    readonly maxCompilations: number
  }
  /** The runtime of the run stage: it takes the stage's whole argv and is from then on that very command. */
  readonly runtime?: {
    /** How the run stage's argv begins. */
    readonly argv: readonly string[]
    /** Added to the run stage's environment; the runtime takes it away again. */
    readonly env?: Readonly<Record<string, string>>
    /** About what one that waits takes of the machine's memory, for the budget. */
    readonly memoryBytes: number
  }
}

export interface Sample {
  readonly title: string
  /** Files by name; the first is the entry point. */
  readonly files: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly args?: readonly string[]
  readonly expectedOutput: string
}

export interface LanguageDefinition {
  /** Lower-case id: `cpp`. */
  readonly id: string
  /** Name for people: `C++`. */
  readonly name: string
  readonly aliases: readonly string[]
  /** Of source files, without dot, the usual one first. */
  readonly extensions: readonly string[]
  /** Editor language id. */
  readonly monaco: string
  /** Name of the file that single-file code is written to. */
  readonly mainFile: string
  readonly image: ImageRecipe
  /** Prints the runtime's version; the first capture group of `pattern` is the version. */
  readonly version: { readonly argv: readonly string[]; readonly pattern: RegExp }
  /** Files added to the work folder unless the client sent one of that name. */
  readonly extraFiles?: Readonly<Record<string, string>>
  readonly compile?: CompileRecipe
  readonly run: RunRecipe
  /** Where the start can be prepared so that programs cannot tell. */
  readonly warm?: WarmRecipe
  readonly ahead?: AheadRecipe
  /** Environment of both stages; added to the shared base environment. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * Added to the run stage's environment when a client talks to the program without a terminal: runtimes that keep
   * output back until a buffer is full are told not to.
   */
  readonly interactiveEnv?: Readonly<Record<string, string>>
  /** Where this language honestly needs other limits than the server's defaults. */
  readonly limits?: { readonly compile?: Partial<Limits>; readonly run?: Partial<Limits> }
  /** Libraries beyond the standard one that programs may use. */
  readonly libraries: readonly string[]
  readonly samples: readonly [Sample, ...Sample[]]
}

/** Gives a definition its type; all checking is done by the registry, which reports every problem at once. */
export function defineLanguage(definition: LanguageDefinition): LanguageDefinition {
  return definition
}
