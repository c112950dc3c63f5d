/** Root's rights: what is done with them at the start, and how they are given up before any client is heard. */
import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../config/variables.js'
import { loadConfinement } from '../confinement/confinement.js'
import type { Confinement } from '../confinement/confinement.js'
import { imagePaths } from '../images/image-paths.js'
import { trialsFolder } from '../images/trial-records.js'
import type { Logger } from '../observability/logger.js'
import { engineOptions } from '../sandbox/drivers/docker/engine.js'
import { isDatabaseFile } from '../store/private-files.js'
import { CLI, WEB_ROOT } from './places.js'
import { databaseFolder } from './records.js'
import { findServiceUser, firstClosed, firstUnreadable } from './service-user.js'
import type { ServiceUser } from './service-user.js'

/** Ports below this one are the privileged ones. */
const FIRST_FREE_PORT = 1024

/** A reason why rights cannot be given up, as one sentence for whoever starts the service. */
export class RightsError extends Error {
  override readonly name = 'RightsError'
}

export interface Rights {
  /** Whether `giveUp` will make this process another user's. */
  readonly willDrop: boolean
  /** Call it when everything that needs root has been started; afterwards nothing can be. */
  giveUp(): void
  /** The socket to listen on, where the port is one that only root may have; known once rights are given up. */
  readonly socket: number | undefined
}

/** How this process and the user it becomes stand to each other. */
export type Drop =
  | { readonly kind: 'drops'; readonly user: ServiceUser }
  /** `why` is a sentence where that is weaker than it could be. */
  | { readonly kind: 'stays'; readonly why?: string }

/** Throws RightsError where the settings name a user that cannot be had. */
export function planDrop(config: Config): Drop {
  if (process.getuid?.() !== 0) return { kind: 'stays' }
  const user = findServiceUser(config.user)
  if (user === undefined)
    throw new RightsError(`CODEEXEC_USER: there is no user ${config.user}; make one, or name another.`)
  if (user.uid === 0) return { kind: 'stays', why: 'the service stays root, as CODEEXEC_USER asks' }
  const closed =
    firstUnreadable([CLI, WEB_ROOT], user) ?? closedAbove(config, user) ?? closedEngine(config, user)
  if (closed === undefined) return { kind: 'drops', user }
  const why = `user ${user.name} may not use ${closed}; move codeexec or its data to where it may, such as /opt and /var/lib`
  if (config.user !== undefined) throw new RightsError(`CODEEXEC_USER: ${why}.`)
  return { kind: 'stays', why: `the service stays root: ${why}` }
}

export function createRights(config: Config, logger: Logger): Rights {
  const drop = planDrop(config)
  if (drop.kind === 'stays') {
    if (drop.why !== undefined) logger.warn(drop.why)
    return { willDrop: false, giveUp: () => undefined, socket: undefined }
  }
  const { user } = drop
  const confinement = load()
  let socket: number | undefined
  return {
    willDrop: true,
    get socket() {
      return socket
    },
    giveUp: () => {
      handOver(config, user)
      socket = bindPrivilegedPort(config, confinement)
      confinement.becomeUser(user.uid, user.gid, engineGroup(config))
      logger.info({ user: user.name }, 'goes on as an unprivileged user, without new privileges')
    },
  }
}

function load(): Confinement {
  try {
    return loadConfinement()
  } catch (cause) {
    throw new RightsError('Root’s rights cannot be given up: build what does it with: make -C native', {
      cause,
    })
  }
}

function bindPrivilegedPort({ host, port }: Config, confinement: Confinement): number | undefined {
  if (port === 0 || port >= FIRST_FREE_PORT) return undefined
  try {
    return confinement.bindPort(host, String(port))
  } catch (cause) {
    throw new RightsError(`Port ${port} of ${host} cannot be listened on: ${(cause as Error).message}.`, {
      cause,
    })
  }
}

/** Gives the user what the service writes itself. Images stay root's: they are built by root and mounted by it. */
function handOver(config: Config, user: ServiceUser): void {
  const { images, users } = imagePaths(path.resolve(config.dataDirectory))
  mkdirSync(images, { recursive: true })
  // Where they were made for root alone: data may be passed, images looked through.
  allow(config.dataDirectory, 0o011)
  allow(images, 0o055)
  handOverFolder(users, user)
  handOverFolder(trialsFolder(config.dataDirectory), user)
  if (keepsDatabase(config)) handOverFolder(databaseFolder(config), user, isDatabaseFile)
}

const STICKY = 0o1000

/** With the files in it that are its own. One that is shared with others is left as it is. */
function handOverFolder(folder: string, user: ServiceUser, isOwn = (_name: string): boolean => true): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const names = readdirSync(folder)
  const { mode, uid } = statSync(folder)
  if (names.every(isOwn) && (mode & STICKY) === 0) chownSync(folder, user.uid, user.gid)
  else if ((mode & STICKY) === 0 && uid !== user.uid)
    throw new RightsError(
      `${folder} also holds what is not the database's, so it is not handed over to user ${user.name}; name a folder of its own with CODEEXEC_DATABASE_DIR.`,
    )
  for (const file of names.filter(isOwn).map((name) => path.join(folder, name))) {
    const status = lstatSync(file)
    // Nothing that somebody has linked here from elsewhere.
    if (status.isFile() && status.nlink === 1) lchownSync(file, user.uid, user.gid)
  }
}

function allow(folder: string, rights: number): void {
  const { mode } = statSync(folder)
  if ((mode & rights) !== rights) chmodSync(folder, mode | rights)
}

/** The group through which an engine's socket is reached; -1 where there is none. */
function engineGroup(config: Config): number {
  return engineSocket(config)?.gid ?? -1
}

interface EngineSocket {
  readonly path: string
  readonly gid: number
  readonly mode: number
}

/** Undefined where none is used, or none is there: then the backend says so in its own words. */
function engineSocket({ sandbox, role, docker }: Config): EngineSocket | undefined {
  if (sandbox !== 'docker' || role === 'api') return undefined
  const { socketPath } = engineOptions(docker)
  const status = socketPath === undefined ? undefined : statSync(socketPath, { throwIfNoEntry: false })
  return status && socketPath !== undefined
    ? { path: socketPath, gid: status.gid, mode: status.mode }
    : undefined
}

/** The engine's socket where its group may not use it, or a folder above it that the user may not pass. */
function closedEngine(config: Config, user: ServiceUser): string | undefined {
  const socket = engineSocket(config)
  if (socket === undefined) return undefined
  const mayConnect = (socket.mode & 0o060) === 0o060
  return mayConnect ? firstClosed(socket.path, { ...user, gid: socket.gid }) : socket.path
}

/** A folder above the data that the user may not pass. The data's own folders are handed over to it. */
function closedAbove(config: Config, user: ServiceUser): string | undefined {
  const data = path.resolve(config.dataDirectory)
  const folders = [data, ...(keepsDatabase(config) ? [path.resolve(databaseFolder(config))] : [])]
  return folders
    .map((folder) => firstClosed(folder, user))
    .find((closed) => closed !== undefined && closed !== data)
}

/** Of its own on this machine. */
function keepsDatabase({ mongodbUrl, role }: Config): boolean {
  return mongodbUrl === undefined && role === 'all'
}
