/**
 * Gives up what an analysis process does not need: files, network, other processes. The parser works in WebAssembly
 * memory and cannot write elsewhere; this is for the day that a fault in the runtime lets it.
 */
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { loadConfinement } from '../../confinement/confinement.js'

/** `nobody`: owns nothing, may read only what all may. */
const UNPRIVILEGED_ID = 65_534

/**
 * Call when every module is loaded and every file opened: afterwards neither is possible. `module` is the native
 * module that does it. A system call that the process has no use for fails with EACCES, in all of its threads.
 */
export function confine(module: string): void {
  const confinement = loadConfinement(module)
  // Executions come first whenever both want the CPU.
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL)
  try {
    // When memory is short this process goes before any other.
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // No such file on other systems: then its own memory limit alone has to do.
  }
  if (process.getuid?.() === 0) {
    process.setgroups?.([])
    process.setgid?.(UNPRIVILEGED_ID)
    process.setuid?.(UNPRIVILEGED_ID)
  }
  confinement.confineAnalysis()
}
