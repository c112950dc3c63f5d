/** The process that builds images as root; see builder-process.ts. */
import { loadLanguages } from '../languages/registry.js'
import { planImages } from '../images/recipe.js'
import type { BuildMessage, BuildOrder } from './builder-process.js'
import { buildHere } from './prepare-images.js'

const [, , dataDirectory = ''] = process.argv
const stop = new AbortController()

// Ctrl-C reaches the whole process group; the service decides when this one ends, by closing the channel.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => stop.abort())
process.once('message', (order) => {
  void build((order as BuildOrder).languages)
})

async function build(ids: readonly string[]): Promise<void> {
  const languages = await loadLanguages()
  const known = languages.all.map(({ id }) => id).filter((id) => ids.includes(id))
  const builder = buildHere({ dataDirectory, plan: planImages(languages.all) })
  try {
    const problems = await builder(known, (progress) => tell({ type: 'progress', progress }), stop.signal)
    tell({ type: 'built', problems }, end)
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) }, end)
  }
}

function tell(message: BuildMessage, then = (): void => undefined): void {
  if (process.connected) process.send?.(message, then)
}

function end(): void {
  if (process.connected) process.disconnect()
}
