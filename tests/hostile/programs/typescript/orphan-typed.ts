// A typed daemon: detached, deaf, with the streams kept.
import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'

const options: SpawnOptions = { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }
const daemon: ChildProcess = spawn('/bin/bash', ['-c', 'trap "" TERM HUP; sleep 5; echo LEAK; sleep 15'], options)
daemon.unref()
console.log('parent is done')
