import type { Rule } from '../../../engine/rule.js'

export const systemCommand: readonly Rule[] = [
  {
    id: 'js/child-process',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` starts another program. `exec` hands its text to a shell, which runs anything in it; `execFile` with a list does not.',
    match: [
      {
        calls: [
          'child_process.exec',
          'child_process.execSync',
          'child_process.execFile',
          'child_process.execFileSync',
          'child_process.spawn',
          'child_process.spawnSync',
          'child_process.fork',
          'execa',
          'execa.*',
          'cross-spawn',
          'cross-spawn.*',
          'shelljs.exec',
          'zx.$',
          'global.Bun.spawn*',
          'global.Deno.run',
          'global.Deno.Command',
        ],
      },
    ],
    finds: [
      'const cp = require("node:child_process")\ncp.exec("ls")',
      'const { exec } = require("child_process")\nexec("ls")',
      'import { spawn as start } from "node:child_process"\nstart("ls")',
      'import cp from "child_process"\ncp.execSync("ls")',
      'import * as cp from "node:child_process"\ncp["exec"]("ls")',
      'require("child_process").execFile("ls")',
      'const { exec } = await import("node:child_process")\nexec("ls")',
      'const run = require("util").promisify(require("child_process").exec)\nawait run("ls")',
      'import { createRequire } from "node:module"\nconst require = createRequire(import.meta.url)\nrequire("child_process").fork("x.js")',
      'let run\nrun = require("child_process").exec\nrun("ls")',
      'const { exec: { bind }, ...cp } = require("child_process")\ncp.spawn("ls")',
      'process.mainModule.require("child_process").execSync("ls")',
      'const name = require("child_" + "process")\nname.exec("ls")',
    ],
    ignores: [
      'const match = /a(b)/.exec("ab")',
      'const re = /x/g\nlet m\nwhile ((m = re.exec(text))) console.log(m)',
      'function exec(x) { return x }\nexec("ls")',
      'import { exec } from "./db.js"\nexec("select 1")',
      'const cp = { exec() {} }\ncp.exec("ls")',
      'class Enemy { spawn() {} }\nnew Enemy().spawn()',
      'db.exec("select 1")',
      'const spawn = (x) => x\nspawn("monster")',
      'import type { ChildProcess } from "node:child_process"',
    ],
  },
  {
    id: 'js/process-control',
    category: 'system-command',
    severity: 'high',
    message: '`{name}` makes or ends processes directly. To share out work use `worker_threads`.',
    match: [
      {
        calls: [
          'cluster.fork',
          'global.process.setuid',
          'global.process.setgid',
          'global.process.dlopen',
          'global.process.chroot',
        ],
      },
      // Signal 0 only asks whether the process is there.
      {
        calls: ['global.process.kill', 'process.kill'],
        where: { not: { fields: { arguments: { nth: { 1: { text: '0' } } } } } },
      },
    ],
    finds: [
      'const cluster = require("node:cluster")\ncluster.fork()',
      'process.kill(process.pid)',
      'import { kill } from "node:process"\nkill(1, "SIGKILL")',
      'process.dlopen(module, "./x.node")',
    ],
    ignores: [
      'process.exit(0)',
      'const isAlive = process.kill(pid, 0)',
      'class Enemy { kill() {} }\nnew Enemy().kill()',
      'function f(process) { process.kill(1) }',
      'repo.fork()',
    ],
  },
]
