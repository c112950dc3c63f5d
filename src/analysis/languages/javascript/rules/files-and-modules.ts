import type { Rule } from '../../../engine/rule.js'

const LITERAL = { type: ['string', 'template_string'], string: /^/ } as const
const DELETERS = ['rm', 'rmSync', 'rmdir', 'rmdirSync', 'unlink', 'unlinkSync', 'truncate', 'truncateSync']

export const filesAndModules: readonly Rule[] = [
  {
    id: 'js/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Check the path first, and delete only what the program made.',
    match: [
      {
        calls: [
          ...['fs', 'fs.promises', 'fs/promises', 'fs-extra', 'graceful-fs'].flatMap((module) =>
            DELETERS.map((name) => `${module}.${name}`),
          ),
          'fs-extra.remove*',
          'fs-extra.emptyDir*',
          'rimraf',
          'rimraf.*',
          'del.*',
          'global.Deno.remove*',
        ],
      },
    ],
    finds: [
      'const fs = require("fs")\nfs.unlinkSync("x")',
      'import { rm } from "node:fs/promises"\nawait rm("/", { recursive: true })',
      'import fs from "node:fs"\nawait fs.promises.rm("x")',
      'const { promises: fsp } = require("fs")\nfsp.unlink("x")',
      'const { rmSync: wipe } = require("node:fs")\nwipe("x")',
      'import { rimraf } from "rimraf"\nrimraf("x")',
      'const del = require("fs").unlink\ndel("x", () => {})',
    ],
    ignores: [
      'const fs = require("fs")\nfs.writeFileSync("x", "y")\nfs.readFileSync("x")',
      'const cart = { rm(x) {}, unlink(x) {} }\ncart.rm("x")\ncart.unlink("y")',
      'delete object.key',
      'function rm(x) {}\nrm("x")',
      'const map = new Map()\nmap.delete("x")',
      'import { rm } from "./list.js"\nrm("x")',
    ],
  },
  {
    id: 'js/dynamic-import',
    category: 'dynamic-import',
    severity: 'high',
    message:
      '`{name}` loads a module whose name is worked out while the program runs, so no reader can tell which. Name it in the source.',
    match: [
      {
        calls: ['import', 'global.require', 'module.createRequire()', 'global.module.require'],
        where: { not: { fields: { arguments: { any: [{ count: { max: 0 } }, { nth: { 0: LITERAL } }] } } } },
      },
    ],
    finds: [
      'const name = process.argv[2]\nrequire(name)',
      'await import(`./plugins/${name}.js`)',
      'import(choose())',
      'const modules = names.map((name) => require(name))',
    ],
    ignores: [
      'require("fs")',
      'await import("node:fs")',
      'await import(`node:fs`)',
      'const require = (x) => x\nrequire(name)',
      'define(function (require) { require(name) })',
      'import fs from "fs"',
    ],
  },
  {
    id: 'js/unsafe-deserialisation',
    category: 'deserialisation',
    severity: 'medium',
    message:
      '`{name}` rebuilds objects, functions included in some formats, from bytes anyone may have made. `JSON.parse` gives data only.',
    match: [
      {
        calls: [
          'v8.deserialize',
          'v8.Deserializer',
          'node-serialize.unserialize',
          'serialize-to-js.deserialize',
          'funcster.*',
          'cryo.parse',
        ],
      },
    ],
    finds: [
      'const v8 = require("node:v8")\nv8.deserialize(bytes)',
      'import { deserialize } from "v8"\ndeserialize(bytes)',
      'require("node-serialize").unserialize(text)',
    ],
    ignores: [
      'JSON.parse("[1]")',
      'structuredClone(x)',
      'function deserialize(text) { return JSON.parse(text) }\ndeserialize("1")',
      'class Tree { deserialize(x) {} }\nnew Tree().deserialize("1")',
    ],
  },
]
