import { defineConfig } from 'vitest/config'

/** How much slower than ordinary hardware this machine is; an emulated one sets it. */
const timeFactor = Number(process.env['CODEEXEC_TEST_TIME_FACTOR'] ?? '1')

/** Suites that look at the whole host (processes, mounts, cgroups) cannot share it with each other. */
const alone = { fileParallelism: false, testTimeout: 120_000 * timeFactor, hookTimeout: 120_000 * timeFactor }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['**/*.integration.test.ts'],
          testTimeout: 10_000 * timeFactor,
        },
      },
      { test: { name: 'integration', include: ['src/**/*.integration.test.ts'], ...alone } },
      { test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], ...alone } },
      { test: { name: 'chaos', include: ['tests/chaos/**/*.test.ts'], ...alone } },
      { test: { name: 'hostile', include: ['tests/hostile/**/*.test.ts'], ...alone } },
      { test: { name: 'operations', include: ['tests/operations/**/*.test.ts'], ...alone } },
      {
        test: {
          name: 'web',
          include: ['tests/web/*.test.ts'],
          globalSetup: ['tests/web/support/global-setup.mjs'],
          ...alone,
          // Each file has a browser and ports of its own, and asserts nothing about the host.
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      // Pictures and figures of the page: no checks, so no suite of `npm test` runs them.
      {
        test: {
          name: 'page-tools',
          include: ['tests/web/tools/*.test.ts'],
          globalSetup: ['tests/web/support/global-setup.mjs'],
          ...alone,
        },
      },
    ],
  },
})
