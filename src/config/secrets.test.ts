import { expect, it } from 'vitest'
import { withoutSecrets } from './secrets.js'

it.each([
  ['redis://redis:6379/0', 'redis://redis:6379/0'],
  ['redis://user:p4ss@redis:6379/0', 'redis://***@redis:6379/0'],
  ['redis://:p@ss/w?rd@redis:6379', 'redis://***@redis:6379'],
  ['redis://redis:6379/0?password=p4ss', 'redis://redis:6379/0?***'],
  [
    'mongodb://u:p4ss@m1:27017,m2:27017/codeexec?replicaSet=rs0',
    'mongodb://***@m1:27017,m2:27017/codeexec?***',
  ],
  ['mongodb+srv://u:p4ss@cluster.example.com', 'mongodb+srv://***@cluster.example.com'],
  ['/var/lib/codeexec', '/var/lib/codeexec'],
])('shows %s as %s', (address, shown) => {
  expect(withoutSecrets(address)).toBe(shown)
})
