/** Containers that an earlier process left: it died, their agents saw their input end, and nobody removed them. */
import type Docker from 'dockerode'
import { LABEL } from './container-options.js'
import { gone } from './engine.js'

/** A container of a living service is not started for a moment after its creation. */
const CREATED_GRACE_SECONDS = 120

/**
 * Removes them, but for those that `isOurs` says this process still works with; resolves with their number. One that runs belongs to a service that lives, on this machine or another
 * that shares the engine, and is left alone: an agent ends with its service.
 */
export async function sweepContainers(
  docker: Docker,
  isOurs: (id: string) => boolean = () => false,
): Promise<number> {
  const ours = await docker.listContainers({ all: true, filters: { label: [LABEL] } })
  const nowSeconds = Date.now() / 1000
  const left = ours.filter(
    ({ Id, State, Created }) =>
      !isOurs(Id) &&
      (['exited', 'dead'].includes(State) ||
        (State === 'created' && nowSeconds - Created > CREATED_GRACE_SECONDS)),
  )
  await Promise.all(left.map(({ Id }) => gone(docker.getContainer(Id).remove({ force: true, v: true }))))
  return left.length
}
