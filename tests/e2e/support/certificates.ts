/** Certificates of the tests' own making, for one day. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'

export const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0

function openssl(...argv: string[]): void {
  const { status, stderr } = spawnSync('openssl', argv, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']

/** `ca.pem` and `ca-key.pem` in a new folder. */
export function makeAuthority(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const files = ['-keyout', path.join(folder, 'ca-key.pem'), '-out', path.join(folder, 'ca.pem')]
  openssl('req', '-x509', ...KEY, '-subj', `/CN=${path.basename(folder)}`, ...files)
}

/** `cert.pem` and `key.pem` in `folder`, signed by that authority, for 127.0.0.1 and for both ends. */
export function makeCertificate(authority: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const use = ['-addext', 'extendedKeyUsage=serverAuth,clientAuth', '-addext', 'basicConstraints=CA:FALSE']
  const signer = ['-CA', path.join(authority, 'ca.pem'), '-CAkey', path.join(authority, 'ca-key.pem')]
  const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')]
  openssl('req', '-x509', ...KEY, ...name, ...use, ...signer, ...files)
}
