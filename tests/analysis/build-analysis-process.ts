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

/** Builds below node_modules, so that packages are found from there. */
export async function buildAnalysisProcess(): Promise<BuiltProcess> {
  const outDir = path.join(root, 'node_modules', '.cache', 'codeexec', `analysis-process-${process.pid}`)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(root, 'src/analysis/process/main.ts'),
      outDir,
      target: 'node20',
      rollupOptions: { output: { format: 'es', entryFileNames: 'main.mjs' } },
    },
  })
  return { entry: path.join(outDir, 'main.mjs'), remove: () => rm(outDir, { recursive: true }) }
}
