/** What programs of one fork server have in common does not last. */
import { expect, it } from 'vitest'
import { execute } from './support/client.js'
import { withService } from './support/suite.js'

const PATIENCE = { timeout: 60_000, interval: 200 }
const SEED = { language: 'python', code: 'print(hash("a"))' }

withService('fork servers', { CODEEXEC_WARM: 'on', CODEEXEC_WARM_RENEWAL: '1s' }, (service) => {
  it('are replaced after a time, and the hash seed with them', async () => {
    const shared = new Set<string>()
    let programs = 0
    // Far fewer programs than it takes to have them replaced by count. A plain start shares its seed with nobody.
    await expect
      .poll(async () => {
        const one = await execute(service(), SEED)
        const next = await execute(service(), SEED)
        programs += 2
        if (one.output === next.output) shared.add(one.output)
        return shared.size
      }, PATIENCE)
      .toBeGreaterThan(1)
    expect(programs).toBeLessThan(200)
  })
})
