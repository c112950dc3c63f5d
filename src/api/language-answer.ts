/** Language definition → entry of the list of languages. Pure. */
import type { Config } from '../config/variables.js'
import type { LanguageAnswer } from '../contract/wire/languages.js'
import type { ImageStore } from '../images/image-store.js'
import type { LanguageDefinition, Sample } from '../languages/define-language.js'
import { resolveLimits } from '../languages/limits.js'

export function toLanguageAnswer(
  language: LanguageDefinition,
  images: ImageStore,
  { defaults, maximum }: Config['limits'],
): LanguageAnswer {
  const { id, name, aliases, extensions, monaco, libraries } = language
  const limits = resolveLimits({ defaults, maximum, language })
  const hasCompileStage = language.compile !== undefined
  return {
    id,
    name,
    version: images.get(id)?.version ?? null,
    aliases: [...aliases],
    extensions: [...extensions],
    monaco,
    hasCompileStage,
    limits: { compile: hasCompileStage ? limits.compile : null, run: limits.run },
    libraries: [...libraries],
    sample: toSample(language.samples[0]),
    state: images.state(id),
    installation: images.installation?.(id) ?? null,
  }
}

function toSample({ title, files, stdin, args, expectedOutput }: Sample): LanguageAnswer['sample'] {
  return {
    title,
    files: Object.entries(files).map(([filename, code], index) => ({
      filename,
      code,
      isEntryPoint: index === 0,
    })),
    stdin: stdin ?? '',
    args: [...(args ?? [])],
    expectedOutput,
  }
}
