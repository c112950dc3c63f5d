import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { findServiceUser, firstClosed, firstUnreadable } from './service-user.js'

const PASSWD = 'root:x:0:0::/root:/bin/sh\ncodeexec:x:10001:10002::/:/bin/false\n'
const USER = { name: 'user', uid: 899_999, gid: 899_999 }

describe('the user that the service becomes', () => {
  it('is the one of its name, else a number that no host has', () => {
    expect(findServiceUser(undefined, PASSWD)).toEqual({ name: 'codeexec', uid: 10_001, gid: 10_002 })
    expect(findServiceUser(undefined, '')).toEqual({ name: '899999', uid: 899_999, gid: 899_999 })
  })

  it('is the one that is asked for, by name or number', () => {
    expect(findServiceUser('root', PASSWD)).toMatchObject({ uid: 0 })
    expect(findServiceUser('1234', PASSWD)).toEqual({ name: '1234', uid: 1234, gid: 1234 })
    expect(findServiceUser('nobody-here', PASSWD)).toBeUndefined()
  })
})

describe('what a user may not use', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  function newFile(folderMode: number, fileMode: number): string {
    const folder = mkdtempSync('/tmp/codeexec-user-')
    folders.push(folder)
    const inner = path.join(folder, 'inner')
    mkdirSync(inner)
    const file = path.join(inner, 'file')
    writeFileSync(file, '')
    chmodSync(file, fileMode)
    chmodSync(folder, 0o755)
    chmodSync(inner, folderMode)
    return file
  }

  it('is nothing where all may pass and read', () => {
    expect(firstUnreadable([newFile(0o711, 0o604)], USER)).toBeUndefined()
  })

  it('is a folder that only its owner may pass', () => {
    const file = newFile(0o700, 0o644)
    expect(firstUnreadable([newFile(0o755, 0o644), file], USER)).toBe(path.dirname(file))
    expect(firstClosed(file, USER)).toBe(path.dirname(file))
    expect(firstClosed(path.dirname(file), USER)).toBeUndefined()
  })

  it('is a file that only its owner may read', () => {
    const file = newFile(0o755, 0o640)
    expect(firstUnreadable([file], USER)).toBe(file)
    expect(firstUnreadable([file], { ...USER, gid: process.getgid?.() ?? 0 })).toBeUndefined()
  })

  it('is not what does not exist yet', () => {
    expect(firstUnreadable(['/nonexistent/file'], USER)).toBeUndefined()
  })
})
