#!/usr/bin/env node
/** The entry: sets the engine up before anything else is loaded, as some of its settings are for the loading. */
import { startSmall } from './engine.js'

startSmall()
const { runCommandLine } = await import('./command-line.js')
await runCommandLine(process.argv.slice(2))
