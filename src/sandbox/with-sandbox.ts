import type { Sandbox, SandboxDriver, SandboxSpec } from './driver.js'

/**
 * Opens a sandbox, hands it to `use` and disposes of it, whatever `use` did.
 *
 * A failure to dispose does not undo what `use` found out: it goes to `onDisposeFailure`, and the result or error of
 * `use` stands. A sandbox that could not be opened is not disposed of.
 */
export async function withSandbox<T>(
  driver: SandboxDriver,
  spec: SandboxSpec,
  use: (sandbox: Sandbox) => Promise<T>,
  onDisposeFailure: (error: unknown) => void,
): Promise<T> {
  const sandbox = await driver.open(spec)
  try {
    return await use(sandbox)
  } finally {
    try {
      await sandbox.dispose()
    } catch (error) {
      onDisposeFailure(error)
    }
  }
}
