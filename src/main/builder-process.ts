/**
 * Builds images in a process that stays root, for a service that does not. It is told ids of languages and nothing
 * else: what an image is made of stands in this program. It ends when it has built, or when the service goes.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BuildProgress } from '../images/build-context.js'
import type { BuildImages } from './prepare-images.js'

/** What the service says: build these, once. Closing the channel stops it. */
export interface BuildOrder {
  readonly languages: readonly string[]
}

export type BuildMessage =
  | { readonly type: 'progress'; readonly progress: BuildProgress }
  | { readonly type: 'built'; readonly problems: readonly string[] }
  | { readonly type: 'failed'; readonly message: string }

export interface BuilderProcess {
  /** Only to be called once. */
  readonly build: BuildImages
  close(): void
}

/** The service's own secrets, which no build has use for. */
const SECRETS = /^(?:CODEEXEC_|OTEL_|DOCKER_|REDIS_URL$|MONGODB_URL$)/u

export function startBuilderProcess(dataDirectory: string): BuilderProcess {
  const entry = fileURLToPath(new URL('./builder-main.js', import.meta.url))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRETS.test(name)))
  const child = fork(entry, [dataDirectory], {
    execArgv: [],
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('error', () => {})
  const close = (): void => {
    if (child.connected) child.disconnect()
  }
  return {
    build: (languages, onProgress, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener(
          'abort',
          () => {
            close()
            reject(signal.reason as Error)
          },
          { once: true },
        )
        child.on('message', (message: BuildMessage) => {
          if (message.type === 'progress') onProgress(message.progress)
          else if (message.type === 'built') resolve(message.problems)
          else reject(new Error(message.message))
        })
        child.once('close', () => reject(new Error('the process that builds images has ended')))
        child.send({ languages } satisfies BuildOrder, () => {})
      }),
    close,
  }
}
