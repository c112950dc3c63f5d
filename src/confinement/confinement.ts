/** Giving up rights for good, for all threads of this process: a native module, as Node has no way to. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

export interface Confinement {
  /** Becomes this user without new privileges, with at most one more group (-1 for none). */
  becomeUser(uid: number, gid: number, group: number): void
  /** The descriptor of a socket for a port that only root may have; nobody can connect until something listens. */
  bindPort(host: string, port: string): number
  /** Afterwards nothing can be opened, connected, started or signalled. */
  confineAnalysis(): void
}

/** src/confinement and dist/confinement are equally deep. */
export const CONFINEMENT_MODULE = fileURLToPath(
  new URL('../../native/build/codeexec-confine.node', import.meta.url),
)

/** Throws where the module was not built (make -C native). */
export function loadConfinement(file: string = CONFINEMENT_MODULE): Confinement {
  return createRequire(import.meta.url)(file) as Confinement
}
