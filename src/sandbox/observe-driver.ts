import type { Command, Sandbox, SandboxDriver } from './driver.js'

/** Told how long a sandbox took, from asking for it until its first program ran. Must not throw. */
export type SandboxObserver = (opening: { readonly image: string; readonly durationMs: number }) => void

/**
 * A driver whose sandboxes are timed. Until the first program runs and not until `open` resolves, because a driver
 * may put off the making of a sandbox until then.
 */
export function observeDriver(driver: SandboxDriver, observe: SandboxObserver): SandboxDriver {
  return {
    name: driver.name,
    probe: () => driver.probe(),
    close: () => driver.close(),
    async open(spec) {
      const startedMs = performance.now()
      const sandbox = await driver.open(spec)
      let preparedMs = performance.now() - startedMs
      return {
        run(command, signal) {
          if (Number.isNaN(preparedMs)) return sandbox.run(command, signal)
          const askedMs = performance.now()
          const beforeMs = preparedMs
          preparedMs = Number.NaN
          const onStart: Command['onStart'] = (running) => {
            observe({ image: spec.image, durationMs: beforeMs + performance.now() - askedMs })
            command.onStart?.(running)
          }
          return sandbox.run({ ...command, onStart }, signal)
        },
        ...(sandbox.artefacts && { artefacts: sandbox.artefacts.bind(sandbox) }),
        dispose: () => sandbox.dispose(),
      } satisfies Sandbox
    },
  }
}
