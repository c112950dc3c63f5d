import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '../../..')

/** What `global-setup.mjs` has built. */
export const PAGE_FOLDER = path.join(ROOT, 'web', 'dist')
