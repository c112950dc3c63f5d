/** Where things are in a checkout. Scripts use Node's own modules only: nothing is installed when they start. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const CLI = join(ROOT, 'dist', 'main', 'cli.js')
export const SUPERVISOR = join(ROOT, 'native', 'build', 'codeexec-supervisor')

/** The service's data folder, as `src/config` resolves it for root; the scripts keep caches of their own in it. */
export const DATA_DIR = process.env.CODEEXEC_DATA_DIR || '/var/lib/codeexec'
