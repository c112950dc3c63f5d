/** The analysis process as a file that Node can run: tests run from TypeScript, the process does not. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface BuiltProcess {
  readonly entry: string
  remove(): Promise<void>
}

export function buildAnalysisProcess(): Promise<BuiltProcess> {
  return buildForNode('src/analysis/process/main.ts', 'analysis-process')
}

/** Builds below node_modules, so that packages are found from there. */
export async function buildForNode(source: string, name: string): Promise<BuiltProcess> {
  const outDir = path.join(root, 'node_modules', '.cache', 'codeexec', `${name}-${process.pid}`)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(root, source),
      outDir,
      target: 'node20',
      rollupOptions: { output: { format: 'es', entryFileNames: 'main.mjs' } },
    },
  })
  return { entry: path.join(outDir, 'main.mjs'), remove: () => rm(outDir, { recursive: true }) }
}
