/** The commands: `codeexec [command]`. */
import { ConfigError, loadConfig } from '../config/load-config.js'
import { ServiceError } from '../contract/errors.js'
import { DOCKER_IMAGES_USAGE } from '../images/docker/docker-images-command.js'
import { IMAGES_USAGE } from '../images/images-command.js'
import { apiKeyCommand } from './authentication.js'
import { packageVersion } from './places.js'
import { serve } from './serve.js'
import { StartError } from './start-error.js'
import { showConfig } from './show-config.js'

const USAGE = `codeexec serve                           run the service; settings come from the environment and .env
codeexec api, codeexec worker            run one half of it; the halves share REDIS_URL
codeexec doctor                          tell what this host can enforce and what is missing
codeexec config                          show the effective settings
codeexec api-key <name> [rate]           make an API key for CODEEXEC_AUTH
${IMAGES_USAGE}
${DOCKER_IMAGES_USAGE}
codeexec --help, --version

Settings are described in docs/configuration.md.`

const EXIT_USAGE = 2
const WITHOUT_ARGUMENTS = new Set(
  'serve api worker doctor config help --help -h version --version -v -V'.split(' '),
)

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Runs one command. Undefined means that the process goes on by itself: it serves. */
async function runCommand(argv: readonly string[]): Promise<number | undefined> {
  const [command = 'serve', ...rest] = argv
  if (rest.length > 0 && WITHOUT_ARGUMENTS.has(command)) {
    throw new StartError(`codeexec ${command} takes no arguments; codeexec --help lists the commands.`)
  }
  switch (command) {
    case 'serve':
      await serve()
      return undefined
    case 'api':
    case 'worker':
      await serve(command)
      return undefined
    case 'doctor':
      return (await import('./doctor.js')).doctor(write)
    case 'images':
      return buildOrListImages(rest)
    case 'api-key':
      return apiKeyCommand(rest, write)
    case 'config':
      write(showConfig(loadConfig()))
      return 0
    case 'version':
    case '--version':
    case '-v':
    case '-V':
      write(packageVersion())
      return 0
    case 'help':
    case '--help':
    case '-h':
      write(USAGE)
      return 0
    default:
      throw new StartError(`There is no command ${command}; codeexec --help lists those there are.`)
  }
}

async function buildOrListImages(argv: readonly string[]): Promise<number> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  try {
    const { runImagesCommand } = await import('./images.js')
    return await runImagesCommand(argv, loadConfig(), { write, signal: interrupted.signal })
  } catch (error) {
    if (interrupted.signal.aborted) return 1
    throw error
  }
}

/** Runs the command that the process was started with, and ends the process unless it serves. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    const exitCode = await runCommand(argv)
    if (exitCode !== undefined) process.exit(exitCode)
  } catch (error) {
    const expected = [StartError, ConfigError, ServiceError].some((kind) => error instanceof kind)
    process.stderr.write(expected ? `${(error as Error).message}\n` : `${String((error as Error).stack)}\n`)
    process.exit(error instanceof StartError || error instanceof ConfigError ? EXIT_USAGE : 1)
  }
}
