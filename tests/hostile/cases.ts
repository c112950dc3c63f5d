/** Every hostile case, in the order in which they run. */
import type { HostileCase } from './case.js'
import { CALL_CASES } from './cases/calls.js'
import { COMPILATION_CASES } from './cases/compilation.js'
import { FILE_CASES } from './cases/files.js'
import { HOST_CASES } from './cases/host.js'
import { MEMORY_CASES } from './cases/memory.js'
import { NETWORK_CASES } from './cases/network.js'
import { ORPHAN_CASES } from './cases/orphans.js'
import { OUTPUT_CASES } from './cases/output.js'
import { PROCESS_CASES } from './cases/processes.js'
import { REQUEST_CASES } from './cases/requests.js'
import { TIME_CASES } from './cases/time.js'

export const CASES: Readonly<Record<string, readonly HostileCase[]>> = {
  processes: PROCESS_CASES,
  memory: MEMORY_CASES,
  time: TIME_CASES,
  output: OUTPUT_CASES,
  files: FILE_CASES,
  orphans: ORPHAN_CASES,
  host: HOST_CASES,
  // The first of these shows that there is no interface but loopback, before any other tries to get out.
  network: NETWORK_CASES,
  calls: CALL_CASES,
  compilation: COMPILATION_CASES,
  requests: REQUEST_CASES,
}
