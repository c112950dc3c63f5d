import type { Rule } from '../../../engine/rule.js'

export const waiting: readonly Rule[] = [
  {
    id: 'js/infinite-loop',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'Nothing in this loop can end it: no `break`, `return`, exception or exit. It will run until the time limit.',
    match: [{ endlessLoops: true }],
    finds: [
      'while (true) {}',
      'for (;;) { work() }',
      'do { x++ } while (1)',
      'while (true) { switch (x) { case 1: break } }',
      'while (true) { for (const x of y) { break } }',
      'while (true) { const f = () => { return 1 } }',
      'outer: while (true) { inner: for (;;) { break inner } }',
      'while (true) { try { throw new Error() } catch {} }',
    ],
    ignores: [
      'while (true) { break }',
      'while (true) { if (done()) break }',
      'function f() { for (;;) { return 1 } }',
      'function* numbers() { let n = 0; while (true) yield n++ }',
      'outer: while (true) { for (;;) { break outer } }',
      'for (let i = 0; i < 3; i++) {}',
      'while (true) { process.exit() }',
      'while (true) { throw new Error() }',
      'try { while (true) step() } catch {}',
      'while (x) {}',
      'const stop = () => { process.exit(0) }\nfor (;;) { stop() }',
      'a: for (const x of y) { while (true) { continue a } }',
    ],
  },
  {
    id: 'js/interval-never-cleared',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'This timer is never cleared, so the program never ends. Keep what `setInterval` gives and call `clearInterval` with it.',
    match: [
      {
        calls: ['global.setInterval', 'timers.setInterval'],
        where: {
          inside: {
            type: 'program',
            not: {
              has: {
                type: ['identifier', 'property_identifier'],
                text: /^(clearInterval|clearTimeout|unref|exit|abort)$/,
              },
            },
          },
        },
      },
    ],
    finds: ['setInterval(() => console.log("tick"), 1000)', 'globalThis.setInterval(tick, 10)'],
    ignores: [
      'const timer = setInterval(() => clearInterval(timer), 10)',
      'setInterval(tick, 10).unref()',
      'setTimeout(() => {}, 10)',
      'setInterval(() => process.exit(), 10)',
      'clock.setInterval(tick)',
    ],
  },
  {
    id: 'js/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` waits for input. Send it along as stdin; when there is none, it ends at once with nothing read.',
    match: [
      {
        calls: [
          'readline.createInterface',
          'readline/promises.createInterface',
          'readline.promises.createInterface',
          'readline-sync.*',
          'prompt-sync',
          'global.prompt',
          ...['global.process', 'process'].flatMap((process) => [
            `${process}.stdin.on`,
            `${process}.stdin.once`,
            `${process}.stdin.read`,
            `${process}.stdin.addListener`,
            `${process}.stdin.pipe`,
          ]),
        ],
      },
      {
        calls: ['fs.readFileSync', 'fs.readSync', 'fs.readFile'],
        where: {
          fields: { arguments: { nth: { 0: { text: /^(0|['"`]\/dev\/stdin['"`]|process\.stdin\.fd)$/ } } } },
        },
      },
      {
        syntax: {
          type: 'for_in_statement',
          fields: { right: { resolves: ['global.process.stdin', 'process.stdin'] } },
        },
      },
    ],
    finds: [
      'const rl = require("readline").createInterface({ input: process.stdin })',
      'import { createInterface } from "node:readline"\ncreateInterface(process.stdin)',
      'const input = require("fs").readFileSync(0, "utf8")',
      'const lines = require("fs").readFileSync("/dev/stdin").toString()',
      'process.stdin.on("data", (chunk) => {})',
      'for await (const chunk of process.stdin) console.log(chunk)',
      'import { stdin } from "node:process"\nstdin.on("data", () => {})',
      'const name = prompt("Name?")',
    ],
    ignores: [
      'require("fs").readFileSync("data.txt")',
      'process.stdout.write("x")',
      'const prompt = (x) => x\nprompt("Name?")',
      'emitter.on("data", () => {})',
      'function f(process) { process.stdin.on("data", g) }',
    ],
  },
]
