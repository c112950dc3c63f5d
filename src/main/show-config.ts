/** `codeexec config`: the effective settings, without secrets. */
import { withoutSecrets } from '../config/secrets.js'
import { isVariable, VARIABLES } from '../config/variables.js'
import type { Config, VariableGroup } from '../config/variables.js'

/** The settings as JSON; names carry their units. Of secrets that are addresses, the address is shown. */
export function showConfig(config: Config): string {
  return JSON.stringify(shownGroup(VARIABLES, config), null, 2)
}

function shownGroup(group: VariableGroup, values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(group).map(([key, entry]) => {
      const value: unknown = Reflect.get(values, key)
      if (!isVariable(entry)) return [key, shownGroup(entry, Object(value) as object)]
      return [key, typeof value === 'string' ? shown(value, entry.isSecret) : value]
    }),
  )
}

function shown(value: string, isSecret: true | undefined): string {
  const isAddress = value.includes('://')
  return isSecret && !isAddress ? '***' : withoutSecrets(value)
}
