/** Brings a fresh clone to the point where the service can run, and a prepared one there in a second. */
import { buildPage, buildService, buildSupervisor } from './build.mjs'
import { installNpmPackages } from './npm-packages.mjs'
import { gatherFacts, judge } from './preflight.mjs'
import { elapsed, fail, say } from './say.mjs'
import { installPackages, installWherePossible } from './system-packages.mjs'

/** Checks the machine, installs Debian packages (`wished` where they can be had) and npm's, compiles what changed. */
export async function prepare(systemPackages, wished = []) {
  const [first, ...others] = judge(gatherFacts())
  if (first) {
    others.forEach((problem) => process.stderr.write(`codeexec: ${problem}\n`))
    fail(first)
  }
  say('[1/4] system packages')
  await installPackages(systemPackages)
  await installWherePossible(wished)
  say('[2/4] npm packages')
  await installNpmPackages()
  say('[3/4] service and page')
  await Promise.all([buildService(), buildPage()])
  say('[4/4] sandbox supervisor')
  await buildSupervisor()
  say(`prepared in ${elapsed()}`)
}
