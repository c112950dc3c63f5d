/** Where the parts that are not modules lie; the same from compiled code and from source. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** src/main and dist/main are equally deep. */
function inProject(relativePath: string): string {
  return fileURLToPath(new URL(`../../${relativePath}`, import.meta.url))
}

export const SUPERVISOR_PROGRAM = inProject('native/build/codeexec-supervisor')

export const NATIVE_FOLDER = inProject('native')

/** What runs inside every container. */
export const AGENT_PROGRAM = inProject('native/build/codeexec-agent')

/** Has the service's own process give memory back. */
export const MEMORY_ADDON = inProject('native/build/codeexec-memory.node')

/** What Node is started with. */
export const CLI = fileURLToPath(new URL('./cli.js', import.meta.url))

export const WEB_ROOT = inProject('web/dist')

/** Version of this package. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { version: string }
  return version
}
