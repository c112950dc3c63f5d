/**
 * A vitest reporter that writes what was counted to the file named by VITEST_COUNTS, for scripts that sum suites up.
 * A file that cannot even be loaded and an error outside any test count as failures: neither may pass unnoticed.
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

export default class CountingReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] }
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId)
      for (const test of module.children.allTests()) {
        const { state, note } = test.result()
        if (state === 'passed') {
          counts.passed += 1
        } else if (state === 'skipped') {
          counts.skipped += 1
          counts.skips.push(`${test.fullName}${note ? `: ${note}` : ''}`)
        } else {
          counts.failed += 1
          counts.failures.push(`${file}: ${test.fullName}`)
        }
      }
      const ownErrors = [module, ...module.children.allSuites()].flatMap((task) => task.errors())
      counts.failed += ownErrors.length
      counts.failures.push(...ownErrors.map((error) => `${file}: ${error.message}`))
    }
    counts.failed += unhandledErrors.length
    counts.failures.push(...unhandledErrors.map((error) => `outside any test: ${error.message}`))
    writeFileSync(process.env.VITEST_COUNTS, JSON.stringify(counts))
  }
}
