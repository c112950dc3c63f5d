/** How the places of one process are divided: each program has a uid of its own, and there are only so many. */
import { MAX_PROGRAMS_AT_ONCE } from '../config/variables.js'
import type { Config } from '../config/variables.js'
import { IdleRoom } from '../queue/idle-room.js'
import type { RoomBesideSlots } from '../queue/job-queue.js'
import { shareOf } from '../queue/slot-shares.js'

/** As many as two rounds of executions find; more would only be made to be thrown away. */
const MOST_STANDBY = 8

export interface ProgramPlaces {
  /** What is started before requests come: all that is wanted, or none. */
  readonly ahead: number
  /** Programs that use no CPU and have given their slots back. */
  readonly idle: number
  readonly jobsBeyond: number
  readonly sessionsBeyond: number
  readonly standby: number
  /** Programs of clients, whatever they do. */
  readonly programs: number
}

export function planPlaces(config: Config, aheadWanted: number): ProgramPlaces {
  const { slots, interactive } = config
  let left = MAX_PROGRAMS_AT_ONCE - slots - interactive.slots
  const take = (wanted: number): number => {
    const taken = Math.max(0, Math.min(wanted, left))
    left -= taken
    return taken
  }
  const ahead = aheadWanted <= left ? take(aheadWanted) : 0
  const idle = take(config.idle.programs)
  // Others may have as many as one client can hold beyond its share.
  const jobsBeyond = take(slots - shareOf(slots))
  const sessionsOfOne = Math.min(interactive.slots, interactive.maxPerClient)
  const sessionsBeyond = take(sessionsOfOne - shareOf(interactive.slots))
  const standby = config.warm ? take(Math.min(2 * slots, MOST_STANDBY)) : 0
  const programs = slots + interactive.slots + idle + jobsBeyond + sessionsBeyond
  return { ahead, idle, jobsBeyond, sessionsBeyond, standby, programs }
}

/** What each worker of a process may run beside what takes its slots; programs that wait share one room. */
export function roomBeside(
  { idle, jobsBeyond, sessionsBeyond }: ProgramPlaces,
  config: Config,
): Record<'jobs' | 'sessions', RoomBesideSlots> {
  const idleRoom = new IdleRoom({ programs: idle, memoryBytes: config.idle.memoryBytes })
  return {
    jobs: { beyond: jobsBeyond, idleRoom },
    sessions: { beyond: sessionsBeyond, idleRoom },
  }
}
