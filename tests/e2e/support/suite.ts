/** Frames a suite: a service before it, none after it, and a visible reason where the host has no means. */
import { afterAll, beforeAll, describe } from 'vitest'
import { reasonToSkip, startService } from '../../hostile/harness/service.js'
import type { Service } from '../../hostile/harness/service.js'

/** Describes tests of one running service; they reach it through the function they get. */
export function withService(
  title: string,
  environment: Readonly<Record<string, string>>,
  tests: (service: () => Service) => void,
): void {
  describeWhereItCanRun(title, () => {
    let service: Service | undefined
    beforeAll(async () => {
      service = await startService(environment)
    })
    afterAll(async () => {
      await service?.stop()
    })
    tests(() => {
      if (service === undefined) throw new Error('the service has not started')
      return service
    })
  })
}

/** As describe, but skipped with its reason where no service can run. */
export function describeWhereItCanRun(
  title: string,
  tests: () => void,
  reason: string | undefined = reasonToSkip(),
): void {
  describe.skipIf(reason !== undefined)(
    `${title}${reason === undefined ? '' : `, skipped: ${reason}`}`,
    () => {
      tests()
    },
  )
}
