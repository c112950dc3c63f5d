/** Content hashes, so that a step is done again exactly when what it is made from has changed. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

function addTo(hash, path, name, skip) {
  const status = lstatSync(path, { throwIfNoEntry: false })
  if (!status || skip(name)) return
  if (status.isDirectory()) {
    for (const entry of readdirSync(path).toSorted()) addTo(hash, join(path, entry), `${name}/${entry}`, skip)
  } else {
    const content = status.isSymbolicLink() ? readlinkSync(path) : readFileSync(path)
    hash.update(`${name}\0${status.mode & 0o111}\0${content.length}\0`).update(content)
  }
}

/** Hash of the names and contents of files and folders below `root`. Paths for which `skip` says yes do not count. */
export function fingerprint(root, paths, { skip = () => false, salt = '' } = {}) {
  const hash = createHash('sha256').update(salt)
  for (const path of paths) addTo(hash, join(root, path), path, skip)
  return hash.digest('hex').slice(0, 32)
}

/** True when `stampFile` holds this fingerprint. */
export function isStamped(stampFile, value) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === value
}

/** Records that what was made from this fingerprint is complete. */
export function stamp(stampFile, value) {
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, value)
}
