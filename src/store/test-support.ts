/** Stores for tests, here and in what stands above the store. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { transformWithEsbuild } from 'vite'
import { AMPLE } from './limits.js'
import type { ExecutionStore } from './execution-store.js'
import { createSqliteStore } from './sqlite.js'

/** The thread as JavaScript: threads are loaded by Node itself, which this version gives no TypeScript. */
async function compileThread(): Promise<URL> {
  const source = fileURLToPath(new URL('./sqlite-thread.ts', import.meta.url))
  const { code } = await transformWithEsbuild(readFileSync(source, 'utf8'), source)
  const folder = fileURLToPath(new URL('../../node_modules/.cache/codeexec/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `sqlite-thread-${process.pid}.mjs`)
  writeFileSync(file, code)
  return pathToFileURL(file)
}

let compiled: Promise<URL> | undefined

export interface TestStore {
  readonly store: ExecutionStore
  readonly directory: string
  readonly file: string
  readonly threadFile: URL
  readonly dispose: () => Promise<void>
}

/** A store in a folder of its own. */
export async function openTestStore(): Promise<TestStore> {
  const threadFile = await (compiled ??= compileThread())
  const directory = mkdtempSync(path.join(tmpdir(), 'store-'))
  const file = path.join(directory, 'codeexec.db')
  const store = createSqliteStore({ file, limits: AMPLE, threadFile })
  return {
    store,
    directory,
    file,
    threadFile,
    dispose: async () => {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}
