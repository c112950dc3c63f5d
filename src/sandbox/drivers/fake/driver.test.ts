import type { ConformancePrograms } from '../../conformance.js'
import { testSandboxDriver } from '../../conformance.js'
import { createFakeDriver } from './driver.js'
import { FAKE_PROGRAMS } from './programs.js'

const programs: ConformancePrograms = {
  image: 'fake',
  load: () => Promise.resolve([]),
  argv: (program, args) => [program, ...args],
  supports: (need) => Object.hasOwn(FAKE_PROGRAMS, need),
}

testSandboxDriver(
  'fake',
  () => {
    const driver = createFakeDriver()
    return Promise.resolve({ driver, leftovers: () => Promise.resolve(driver.openSandboxes()) })
  },
  programs,
)
