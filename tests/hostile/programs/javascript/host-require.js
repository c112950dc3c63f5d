// Loading files of the host as code or data; what can't be parsed is quoted in the error.
const fs = require('node:fs')
const path = require('node:path')

const [canary] = process.argv.slice(2)
const attempts = {
  require: () => require(canary),
  json: () => JSON.parse(fs.readFileSync(canary, 'utf8')),
  dlopen: () => process.dlopen({ exports: {} }, canary),
  relative: () => fs.readFileSync(path.join('..', '..', '..', canary), 'utf8'),
  link: () => {
    fs.symlinkSync(canary, '/tmp/link')
    return fs.readFileSync('/tmp/link', 'utf8')
  },
  'own-root': () => fs.readFileSync(`/proc/self/root${canary}`, 'utf8'),
  'parent-root': () => fs.readFileSync(`/proc/1/root${canary}`, 'utf8'),
  'parent-environment': () => fs.readFileSync('/proc/1/environ', 'utf8') || fail('empty'),
}

function fail(reason) {
  throw new Error(reason)
}

for (const [name, attempt] of Object.entries(attempts)) {
  try {
    console.log(`LEAK ${name} ${attempt()}`)
  } catch (error) {
    console.log(`DENIED ${name} ${error.code ?? error.message}`)
  }
}
