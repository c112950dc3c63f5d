/**
 * Runs the sandbox driver's suites under a real cgroup-v2 kernel, whatever this host has: in a small virtual machine
 * with Debian 13. `npm run test:cgroup-v2` runs it alone; `npm test` runs it as its last suite.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { FOLDER, makeImagesDisk, makeProjectDisk, makeSystemDisk } from './cgroup-v2/disks.mjs'
import { imageFolders } from './cgroup-v2/images.mjs'
import { runMachine } from './cgroup-v2/machine.mjs'
import { closingLine } from './lib/counts.mjs'
import { stopOnSignals } from './lib/run.mjs'
import { fail, say } from './lib/say.mjs'

const TIMEOUT_MS = 25 * 60_000

/**
 * While it starts, a kernel rewrites its own code, and the emulator now and then executes the half of an instruction:
 * `Oops: int3`. One that has come to our suites is never started again.
 */
const BOOTS = 3

/** The languages whose images the driver's suites use. */
const LANGUAGES = ['bash', 'c', 'python']

if (process.arch !== 'x64') {
  fail(`the virtual machine is made for x64 and this is ${process.arch}; run this check on an x64 machine.`)
}
stopOnSignals()
const system = await makeSystemDisk()
const dataDisks = [await makeProjectDisk(), await makeImagesDisk(await imageFolders(LANGUAGES))]

const serialFile = join(FOLDER, 'serial.txt')
const machine = { kernel: system.kernel, systemDisk: system.disk, dataDisks, serialFile }

/** What the machine wrote to its second serial port: a line when it has booted, one with the counts at the end. */
async function runOnce() {
  rmSync(serialFile, { force: true })
  say('  booting Debian 13 with cgroup v2, emulated in software')
  const { timedOut } = await runMachine(machine, TIMEOUT_MS)
  if (timedOut) fail(`the virtual machine did not finish within ${TIMEOUT_MS / 60_000} minutes.`)
  return readFileSync(serialFile, 'utf8').split(/\s*\n/)
}

let [booted, text] = await runOnce()
for (let attempt = 1; !booted && attempt < BOOTS; attempt++) {
  say('  the emulated kernel did not come up (its console is above); once more')
  ;[booted, text] = await runOnce()
}
if (!text) fail('the virtual machine ended without a result (its console is above).')

const counts = JSON.parse(text)
if (process.env.VITEST_COUNTS) writeFileSync(process.env.VITEST_COUNTS, text)
say(closingLine(counts))
process.exitCode = counts.failed === 0 ? 0 : 1
