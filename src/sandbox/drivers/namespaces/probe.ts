/** Asks the supervisor program what this host can enforce. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { DriverCheck } from '../../driver.js'

/**
 * Without these the supervisor still enforces every limit of a program. It cannot report how much memory was used; what
 * limits the service from outside does not limit its programs.
 */
const NOT_REQUIRED = new Set(['memory-peak', 'outer-limits'])

export async function probeHost(program: string): Promise<readonly DriverCheck[]> {
  let output: string
  try {
    output = (await promisify(execFile)(program, ['--probe'], { env: {} })).stdout
  } catch (error) {
    // It exits with 1 when a check failed, having printed them all.
    output = (error as { stdout?: string }).stdout ?? ''
    if (!output)
      return [
        {
          name: 'supervisor',
          ok: false,
          required: true,
          detail: `${program} cannot be started; build it with: make -C native`,
        },
      ]
  }
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const check = JSON.parse(line) as { name: string; ok: boolean; detail: string }
      return { ...check, required: !NOT_REQUIRED.has(check.name) }
    })
}
