/** Which limits an execution runs under. Pure. */
import { ServiceError } from '../contract/errors.js'
import type { ErrorDetail } from '../contract/errors.js'
import { LIMIT_NAMES } from '../contract/limits.js'
import type { Limits, StageLimits } from '../contract/limits.js'
import type { LanguageDefinition } from './define-language.js'

export interface LimitSources {
  /** The server's defaults. */
  readonly defaults: StageLimits
  /** The most a request may ask for, and the most any language gets. */
  readonly maximum: StageLimits
  readonly language: Pick<LanguageDefinition, 'limits'>
  /** What the client asked for. */
  readonly requested?: { readonly [Stage in keyof StageLimits]?: Partial<Limits> | undefined }
}

/**
 * Limits of both stages: what the client asked for, else what the language needs, else the server's default.
 * A language that needs more than the operator allows gets what the operator allows; a client that asks for more is
 * told so, with every limit that is too high.
 */
export function resolveLimits({ defaults, maximum, language, requested }: LimitSources): StageLimits {
  const tooHigh: ErrorDetail[] = []
  const resolveStage = (stage: keyof StageLimits): Limits => {
    const resolved: Record<keyof Limits, number> = { ...defaults[stage], ...language.limits?.[stage] }
    for (const name of LIMIT_NAMES) {
      const asked = requested?.[stage]?.[name]
      const most = maximum[stage][name]
      if (asked !== undefined && asked > most) tooHigh.push(tooHighDetail(stage, name, asked, most))
      resolved[name] = asked ?? Math.min(resolved[name], most)
    }
    return resolved
  }
  const limits = { compile: resolveStage('compile'), run: resolveStage('run') }
  if (tooHigh.length > 0) {
    throw new ServiceError('LIMIT_TOO_HIGH', tooHigh.map((detail) => detail.message).join('; '), {
      details: tooHigh,
    })
  }
  return limits
}

function tooHighDetail(
  stage: keyof StageLimits,
  name: keyof Limits,
  asked: number,
  most: number,
): ErrorDetail {
  return {
    path: `limits.${stage}.${name}`,
    message: `${name} of the ${stage} stage is ${asked}, the server's maximum is ${most}`,
  }
}
