/**
 * `npm start`: from a fresh clone to a running service. Installs what is missing, compiles what changed, then serves.
 * Images are built by the service itself while it already answers.
 */
import { CLI } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { stopOnSignals } from './lib/run.mjs'
import { PACKAGES_TO_RUN } from './lib/system-packages.mjs'

const leaveSignalsToTheService = stopOnSignals()
await prepare(PACKAGES_TO_RUN)
leaveSignalsToTheService()

// In this process: a signal then reaches the service itself, and nothing stands between it and whoever supervises it.
process.argv = [process.execPath, CLI, 'serve']
await import(CLI)
