#!/usr/bin/env node
/** The entry: sets the engine up before anything else is loaded, as some of its settings are for the loading. */
import { startSmall } from './engine.js'

// Whatever the caller's is: images and what sandboxes see must be readable by programs. Secrets state their own modes.
process.umask(0o022)
startSmall()
const { runCommandLine } = await import('./command-line.js')
await runCommandLine(process.argv.slice(2))
