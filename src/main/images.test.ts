import { describe, expect, it } from 'vitest'
import { takeDriver } from './images.js'

describe('the driver in codeexec images', () => {
  it.each([
    [['build'], undefined, ['build']],
    [['build', '--driver', 'docker', 'python'], 'docker', ['build', 'python']],
    [['--driver=docker', 'list'], 'docker', ['list']],
    [['list', '--driver'], '', ['list']],
  ])('%j', (argv, driver, rest) => {
    expect(takeDriver(argv)).toEqual({ driver, rest })
  })
})
