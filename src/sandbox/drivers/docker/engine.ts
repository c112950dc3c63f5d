/** The connection to a Docker Engine, and its failures as ours. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import Docker from 'dockerode'
import { SandboxError } from '../../driver.js'

/** Where an engine listens unless told otherwise. */
const USUAL_SOCKET = '/var/run/docker.sock'
const TLS_PORT = 2376
const PLAIN_PORT = 2375

export interface EngineAddress {
  /** `unix:///path`, `tcp://host:port`, `http://…` or `https://…`; the usual socket when undefined. */
  readonly host: string | undefined
  /** Folder of `ca.pem`, `cert.pem` and `key.pem`; with it the connection is TLS both ways. */
  readonly certificates: string | undefined
}

/** Settings for dockerode; throws a plain sentence where an address cannot be used. */
export function engineOptions({ host, certificates }: EngineAddress): Docker.DockerOptions {
  if (host === undefined || host === '') return { socketPath: USUAL_SOCKET }
  const url = new URL(host)
  if (url.protocol === 'unix:') return { socketPath: url.pathname }
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol))
    throw new Error(`DOCKER_HOST=${host}: only unix, tcp, http and https are supported; for ssh use a tunnel`)
  const isTls = certificates !== undefined || url.protocol === 'https:' || url.port === String(TLS_PORT)
  return {
    host: url.hostname,
    port: Number(url.port) || (isTls ? TLS_PORT : PLAIN_PORT),
    protocol: isTls ? 'https' : 'http',
    ...(certificates !== undefined && {
      ca: readFileSync(path.join(certificates, 'ca.pem')),
      cert: readFileSync(path.join(certificates, 'cert.pem')),
      key: readFileSync(path.join(certificates, 'key.pem')),
    }),
  }
}

export function connectEngine(address: EngineAddress): Docker {
  return new Docker(engineOptions(address))
}

/** HTTP status of an engine's refusal, or undefined when it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

/** An engine's failure with the step it failed at; its own words stay for the operator's log. */
export function engineError(step: string, doing: string, cause: unknown): SandboxError {
  if (cause instanceof SandboxError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const status = statusOf(cause)
  const who = status === undefined ? 'the Docker Engine did not answer' : 'the Docker Engine refused'
  return new SandboxError(step, `${who} ${doing}: ${reason}`, { cause })
}
