/** Debian's nginx with the project's own configuration, on the loopback interface. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../hostile/harness/service.js'

const TEMPLATES = fileURLToPath(new URL('../../../deploy/nginx/', import.meta.url))
const DOCUMENT = fileURLToPath(new URL('../../../docs/one-small-server.md', import.meta.url))
const NGINX = '/usr/sbin/nginx'

export const hasNginx = existsSync(NGINX)

export interface Proxy {
  readonly port: number
  readonly tlsPort: number
  /** Certificate that clients must trust. */
  readonly certificate: string
  /** What it has logged about requests. */
  accessLog(): string
  stop(): Promise<void>
}

export interface ProxySettings {
  /** Port of the service. */
  readonly upstream: number
  readonly rate?: string
  readonly burst?: number
}

/** The commands of docs/one-small-server.md that write nginx's configuration, which is below `folder` here. */
function documentedCommands(folder: string, names: readonly string[]): string {
  const block = /```sh\nexport CODEEXEC_UPSTREAM=.*?```/s.exec(readFileSync(DOCUMENT, 'utf8'))?.[0] ?? ''
  const commands = block.split('\n').filter((line) => /^(?:names=|envsubst )/.test(line))
  if (commands.length !== 4 || !names.every((name) => block.includes(`${name}=`)))
    throw new Error(`${DOCUMENT} no longer says how nginx is set up:\n${block}`)
  return commands.join('\n').replaceAll('/etc/nginx', folder)
}

function makeCertificate(folder: string): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', path.join(folder, 'tls.key'), '-out', path.join(folder, 'tls.crt')]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const made = spawnSync('openssl', ['req', '-x509', ...key, '-days', '1', ...subject, ...files])
  if (made.status !== 0) throw new Error(String(made.stderr))
}

/** A page of two files, as the build makes it. */
function makePage(folder: string): void {
  mkdirSync(path.join(folder, 'assets'), { recursive: true })
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(path.join(folder, 'assets', 'main-1a2b.js'), 'export {}')
}

export async function startNginx({ upstream, rate = '100r/s', burst = 100 }: ProxySettings): Promise<Proxy> {
  const folder = mkdtempSync(path.join(tmpdir(), 'codeexec-nginx-'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  const values = {
    CODEEXEC_UPSTREAM: `127.0.0.1:${upstream}`,
    CODEEXEC_PROXY_LISTEN: `127.0.0.1:${port}`,
    CODEEXEC_PROXY_TLS_LISTEN: `127.0.0.1:${tlsPort}`,
    CODEEXEC_PROXY_RATE: rate,
    CODEEXEC_PROXY_BURST: String(burst),
    CODEEXEC_PROXY_LOG: path.join(folder, 'access.log'),
    CODEEXEC_PROXY_CONF: path.join(folder, 'codeexec'),
    CODEEXEC_PAGE_ROOT: path.join(folder, 'page'),
    CODEEXEC_TLS_DIR: folder,
  }
  for (const name of ['conf.d', 'codeexec']) mkdirSync(path.join(folder, name))
  const written = spawnSync('sh', ['-ec', documentedCommands(folder, Object.keys(values))], {
    cwd: TEMPLATES,
    env: { PATH: process.env['PATH'], ...values },
    encoding: 'utf8',
  })
  if (written.status !== 0) throw new Error(written.stderr)
  for (const file of ['conf.d/codeexec.conf', 'conf.d/codeexec.tls.conf', 'codeexec/locations.conf']) {
    // A name that is left over is a mistake in the template.
    const [left] = /\$\{\w+\}/.exec(readFileSync(path.join(folder, file), 'utf8')) ?? []
    if (left !== undefined) throw new Error(`${file} wants ${left}`)
  }
  makePage(path.join(folder, 'page'))
  makeCertificate(folder)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `user root; daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http { ${temporary.join(' ')} include /etc/nginx/mime.types; include ${folder}/conf.d/*.conf; }
`,
  )
  const argv = ['-p', folder, '-c', path.join(folder, 'nginx.conf')]
  const checked = spawnSync(NGINX, [...argv, '-t'], { encoding: 'utf8' })
  if (checked.status !== 0) throw new Error(checked.stderr)
  const child = spawn(NGINX, argv, { stdio: 'ignore' })
  await listens(port)
  return {
    port,
    tlsPort,
    certificate: readFileSync(path.join(folder, 'tls.crt'), 'utf8'),
    accessLog: () => readFileSync(path.join(folder, 'access.log'), 'utf8'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGQUIT')
      setTimeout(() => child.kill('SIGTERM'), 2000).unref()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/assets/none`).catch(() => undefined)
    if (answer !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx does not listen')
}
