import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(?:css|html|js|svg|ttf|txt)$/
/** Below this, headers cost more than is saved. */
const MIN_BYTES = 1024
/** The highest levels take many times as long for one percent. */
const BROTLI_QUALITY = 9

/** Puts `.br` and `.gz` beside each file, so that neither the service nor nginx compresses the same bytes again. */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = path.join(folder, name)
        if (COMPRESSIBLE.test(name) && statSync(file).size >= MIN_BYTES) {
          const content = readFileSync(file)
          const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY }
          writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
          writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
        }
      }
    },
  }
}
