import { expect, it } from 'vitest'
import { pathMatcher } from './path-pattern.js'

it.each([
  ['os.system', 'os.system', true],
  ['os.system', 'os.systems', false],
  ['os.system', 'my.os.system', false],
  ['os.exec*', 'os.execvp', true],
  ['os.exec*', 'os.exec', true],
  ['os.exec*', 'os.exec.vp', false],
  ['pathlib.*Path**.unlink', 'pathlib.Path().unlink', true],
  ['pathlib.*Path**.unlink', 'pathlib.PosixPath.cwd().glob()[].unlink', true],
  ['pathlib.*Path**.unlink', 'pathlib.Path().unlinked', false],
  ['a.b()', 'a.b()', true],
  ['a.*()', 'axb()', false],
  ['github.com/**.Eval', 'github.com/x/y.New().Eval', true],
])('%j and %j: %j', (pattern, path, matches) => {
  expect(pathMatcher([pattern])(path)).toBe(matches)
})

it('takes any of several', () => {
  const matches = pathMatcher(['a.b', 'c.*'])
  expect(['a.b', 'c.d', 'a.c'].map(matches)).toEqual([true, true, false])
})
