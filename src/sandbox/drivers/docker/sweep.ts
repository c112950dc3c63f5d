/** Containers that nobody works with any more: of a process that died, or of a moment in which the engine was away. */
import type Docker from 'dockerode'
import { LABEL, OWNER_LABEL } from './container-options.js'
import type { Removals } from './removals.js'

/** A container of a living service is not started for a moment after its creation. */
const CREATED_GRACE_SECONDS = 60

/** What this process knows of its own containers. */
export interface Owner {
  /** What its containers are labelled with. */
  readonly label: string
  /** Of one that was made, by the engine's id. */
  isWorkingWith(id: string): boolean
  /** Of one that is about to be made, by its name. */
  isMaking(name: string): boolean
}

/**
 * Has them removed; resolves with their number, which is not to say that they are gone yet. A running container of somebody else belongs to a service that lives, on
 * this machine or another that shares the engine, and is left alone: an agent ends with its service.
 */
export async function sweepContainers(docker: Docker, owner: Owner, removals: Removals): Promise<number> {
  const all = await docker.listContainers({ all: true, filters: { label: [LABEL] } })
  const nowSeconds = Date.now() / 1000
  const left = all.filter((container) => isLeft(container, owner, nowSeconds))
  for (const { Id } of left) void removals.remove(Id).catch(() => undefined)
  return left.length
}

type Listed = Pick<Docker.ContainerInfo, 'Id' | 'Names' | 'State' | 'Created' | 'Labels'>

/** Whether nobody works with a container. */
export function isLeft(
  { Id, Names, State, Created, Labels }: Listed,
  owner: Owner,
  nowSeconds: number,
): boolean {
  if (Labels[OWNER_LABEL] === owner.label)
    return !owner.isWorkingWith(Id) && !Names.some((name) => owner.isMaking(name.slice(1)))
  if (State === 'created') return nowSeconds - Created > CREATED_GRACE_SECONDS
  return State === 'exited' || State === 'dead'
}
