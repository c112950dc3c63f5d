import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export const ROOT = path.resolve(import.meta.dirname, '../../..')
export const PAGE_FOLDER = path.join(ROOT, 'web', 'dist')

/** Builds the page unless what is built is newer than every source; test files that start together build once. */
export async function buildPage(): Promise<void> {
  const lock = path.join(ROOT, 'web', '.building')
  for (;;) {
    if (isFresh()) {
      return
    }
    try {
      mkdirSync(lock)
      break
    } catch {
      await sleep(500)
    }
  }
  try {
    const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
    await promisify(execFile)(process.execPath, [vite, 'build', '--config', 'web/vite.config.ts'], {
      cwd: ROOT,
    })
  } finally {
    rmSync(lock, { recursive: true })
  }
}

function isFresh(): boolean {
  const built = modifiedAt(path.join(PAGE_FOLDER, 'index.html'))
  const web = path.join(ROOT, 'web')
  const sources = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('dist') && !name.startsWith('.building') && !name.endsWith('.test.ts'),
  )
  return sources.every((name) => modifiedAt(path.join(web, name)) <= built || !path.extname(name))
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
