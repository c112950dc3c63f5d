import type { FidelityCase } from './case.js'

/** Prints everything under `/proc/self` that does not change from run to run. */
const PROCESS = String.raw`
const fs = require('node:fs')
const text = (name) => { try { return fs.readFileSync('/proc/self/' + name, 'latin1') } catch (error) { return error.message } }
console.log(process.pid, process.ppid, process.cwd(), process.umask(), process.title, process.argv0)
for (const name of ['comm', 'cmdline', 'environ', 'limits', 'oom_score_adj', 'cgroup', '../1/comm', 'timerslack_ns']) console.log(name, text(name))
console.log(fs.readlinkSync('/proc/self/exe'), fs.readlinkSync('/proc/self/cwd'), fs.readlinkSync('/proc/self/root'))
const kept = /^(Name|Umask|NSpid|Threads|Sig(?!Q)|Shd|Cap|NoNew|Seccomp|Groups|CoreDumping|THP|Speculation|x86)/
for (const line of text('status').split('\n')) if (kept.test(line)) console.log(line)
for (const thread of fs.readdirSync('/proc/self/task')) {
  const status = text('task/' + thread + '/status').split('\n').filter((line) => /^(Name|NSpid|Sig[BIC]|ShdPnd|Cap|NoNew|Seccomp)/.test(line))
  console.log(thread, text('task/' + thread + '/comm'), status)
}
for (const fd of fs.readdirSync('/proc/self/fd').map(Number).filter((fd) => fd < 21)) {
  // The list names the descriptor that it was read through, closed by now.
  if (!fs.lstatSync('/proc/self/fd/' + fd, { throwIfNoEntry: false })) continue
  const name = fs.readlinkSync('/proc/self/fd/' + fd)
  const info = text('fdinfo/' + fd).split('\n').filter((line) => !/^(ino|mnt_id|eventfd-(id|count)|pos)/.test(line))
  // What an epoll descriptor watches comes in the order of addresses in the kernel.
  console.log(fd, name.replace(/\d+/, 'N'), info.map((line) => line.replace(/ ino:.*/, '')).sort())
}
console.log(fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)), fs.statSync('/proc/self/mem').uid === process.getuid())
console.log(process.getuid() === process.geteuid(), process.getgid() === process.getegid(), process.getgroups().map((id) => id === process.getgid()))
`

export const JAVASCRIPT_CASES: readonly FidelityCase[] = [
  {
    title: 'what Node says of itself',
    code: String.raw`
const plain = (value) => JSON.stringify(value)
console.log(process.argv, process.execArgv, process.execPath, process.argv0, process.title, process.env)
console.log(__filename, __dirname, require.main === module, module.id, module.paths, module.parent, module.loaded, module.filename)
console.log(process.version, plain(process.versions), plain(process.release), process.arch, process.platform, plain(process.features))
console.log(plain(process.config.variables).length, process.allowedNodeEnvironmentFlags.size, process.debugPort, process.exitCode)
console.log(process.moduleLoadList.length, process.moduleLoadList.toSorted().join(' '))
console.log(require('node:module').builtinModules.length, Object.keys(require.cache), Object.keys(globalThis), require.extensions)
console.log(Object.getOwnPropertyNames(process).sort().join(' '), Object.getOwnPropertyNames(globalThis).sort().join(' '))
console.log(process.stdin.constructor.name, process.stdout.constructor.name, process.stderr.constructor.name)
console.log(Object.getOwnPropertyDescriptor(process, 'pid'), Object.getOwnPropertyDescriptor(process, 'argv').writable)
`,
  },
  {
    title: 'what is loaded before anything is used',
    code: "require('fs').writeSync(1, [Object.keys(require.cache)] + process._getActiveHandles().length + process._getActiveRequests().length + process.getActiveResourcesInfo())",
  },
  { title: 'what the kernel shows of the process', code: PROCESS },
  {
    title: 'what the kernel shows of the process, with arguments',
    code: PROCESS,
    args: ['one', 'zwei ß', '-e', ''],
  },
  {
    title: 'arguments',
    code: "console.log(process.argv, process.execArgv, process.title)\nconst { parseArgs } = require('node:util')\nconsole.log(parseArgs({ options: { verbose: { type: 'boolean', short: 'v' } }, allowPositionals: true }))\nnew (require('node:worker_threads').Worker)('console.log(process.argv)', { eval: true })",
    args: ['-v', 'x', '', '\u{1f600}', '--', '--inspect'],
  },
  {
    title: 'standard streams',
    code: String.raw`
for (const stream of [process.stdin, process.stdout, process.stderr]) {
  console.log(stream.fd, stream.isTTY, stream.constructor.name, stream.writableHighWaterMark, stream.readableHighWaterMark, stream._type)
  console.log(require('fs').fstatSync(stream.fd).isFIFO(), stream.destroyed, stream.writable, stream.readable)
}
process.stdin.setEncoding('utf8')
let text = ''
process.stdin.on('data', (chunk) => { text += chunk })
process.stdin.on('end', () => { console.log(JSON.stringify(text)); process.stderr.write('nor here'); process.stdout.write('no end of line') })
`,
    stdin: 'first\nsecond\nthird é\n',
  },
  {
    title: 'reading standard input at once',
    code: "const fs = require('fs')\nconsole.log(fs.readFileSync(0, 'utf8').split('\\n'), fs.readSync(0, Buffer.alloc(5)), fs.readFileSync('/dev/stdin').length)",
    stdin: 'a\nb\n',
  },
  {
    title: 'reading lines',
    code: "const rl = require('readline').createInterface({ input: process.stdin })\nrl.on('line', (line) => console.log('>', line)).on('close', () => console.log('closed'))",
    stdin: 'one\ntwo\nthree',
  },
  {
    title: 'much output, and none lost at the end',
    code: "for (let i = 0; i < 5000; i++) console.log('line', i, 'x'.repeat(90))\nprocess.stdout.write('y'.repeat(200000))\nprocess.on('exit', () => console.log('end'))",
  },
  {
    title: 'unwritten output when leaving at once',
    code: "process.stdout.write('z'.repeat(60000))\nprocess.exit(3)",
  },
  {
    title: 'the mode of streams that others write to afterwards',
    code: "console.log('first')\nrequire('child_process').spawn('sh', ['-c', 'sleep 0.1; grep flags /proc/self/fdinfo/1; echo later'], { stdio: 'inherit', detached: true }).unref()\nconst end = Date.now() + 30\nprocess.on('exit', () => console.log(require('fs').readFileSync('/proc/self/fdinfo/1', 'utf8').match(/flags.*/)[0]))",
  },
  {
    title: 'signals',
    code: String.raw`
process.on('SIGTERM', (name, number) => { console.log(name, number); process.kill(process.pid, 'SIGUSR2') })
process.once('SIGUSR2', (name) => { console.log(name, process.listenerCount('SIGUSR2')); clearInterval(timer) })
const timer = setInterval(() => {}, 1000)
process.kill(process.pid, 'SIGTERM')
`,
  },
  {
    title: 'a signal that nobody handles',
    code: "console.log(1)\nprocess.kill(process.pid, 'SIGTERM')\nsetTimeout(() => {}, 5000)",
  },
  {
    title: 'an interrupt that nobody handles',
    code: "console.log(1)\nprocess.kill(process.pid, 'SIGINT')\nsetTimeout(() => {}, 5000)",
  },
  {
    title: 'the signal for a debugger',
    code: "process.kill(process.pid, 'SIGUSR1')\nsetTimeout(() => console.log('done'), 200)",
  },
  {
    title: 'ending itself by SIGKILL',
    code: "require('fs').writeSync(1, 'x')\nprocess.kill(process.pid, 'SIGKILL')\nsetTimeout(() => {}, 5000)",
  },
  {
    title: 'a broken pipe',
    code: "const { spawn } = require('child_process')\nconst child = spawn('true')\nchild.on('close', (code) => { child.stdin.write('x', (error) => console.log(code, error?.code)) })\nchild.stdin.on('error', () => {})",
  },
  {
    title: 'timers, promises and the order of things',
    code: String.raw`
setTimeout(() => console.log('timeout'), 0)
setTimeout(() => setImmediate(() => console.log('immediate')), 1)
process.nextTick(() => console.log('tick'))
Promise.resolve().then(() => console.log('microtask'))
queueMicrotask(() => console.log('microtask 2'))
setTimeout(() => console.log('later'), 100)
const interval = setInterval(() => { console.log('interval'); clearInterval(interval) }, 30)
console.log('now')
const timer = setTimeout(() => {}, 1)
console.log(timer._idleStart >= 10 && timer._idleStart < 2000, timer._idleTimeout)
`,
  },
  {
    title: 'clocks since the start',
    code: String.raw`
const near = (value, low, high) => value >= low && value < high
const { performance } = require('node:perf_hooks')
console.log(near(process.uptime(), 0.01, 5), near(performance.now(), 10, 5000), near(Date.now() - performance.timeOrigin, 10, 5000))
console.log(Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000, Math.abs(process.uptime() * 1000 - performance.now()) < 1000)
const timing = performance.nodeTiming
console.log(timing.name, timing.entryType, timing.startTime, timing.loopStart, timing.loopExit, near(timing.duration, 10, 5000))
console.log(timing.nodeStart < timing.v8Start, timing.v8Start < timing.environment, timing.environment < timing.bootstrapComplete, near(timing.bootstrapComplete, 5, 2000))
console.log(near(process.cpuUsage().user, 0, 2e6), near(process.resourceUsage().maxRSS, 10000, 200000), typeof process.hrtime.bigint())
console.log(performance.eventLoopUtilization(), Intl.DateTimeFormat().resolvedOptions().timeZone, new Date(0).getTimezoneOffset())
const before = process.hrtime.bigint()
setTimeout(() => {
  const passed = Number(process.hrtime.bigint() - before) / 1e6
  console.log(near(passed, 29, 500), near(performance.nodeTiming.loopStart, 10, 5000), performance.eventLoopUtilization().idle > 0)
}, 30)
`,
  },
  {
    title: 'memory, and how much of it there may be',
    code: String.raw`
const v8 = require('node:v8')
const { heap_size_limit, total_global_handles_size, number_of_native_contexts, does_zap_garbage } = v8.getHeapStatistics()
console.log(heap_size_limit, total_global_handles_size, number_of_native_contexts, does_zap_garbage)
// In MiB: of sixty plain starts, three had a page of 256 KiB less in one of them.
console.log(v8.getHeapSpaceStatistics().map(({ space_name, space_size }) => [space_name, Math.round(space_size / 2 ** 20)]))
console.log(process.memoryUsage().arrayBuffers, process.memoryUsage().external)
console.log(process.constrainedMemory(), process.availableMemory() > 1e6, process.memoryUsage.rss() > 2e7)
const rss = process.memoryUsage.rss()
const buffer = Buffer.alloc(20 << 20, 1)
console.log(process.memoryUsage.rss() - rss > 19 << 20, buffer.length)
`,
  },
  {
    title: 'recursion and the size of the stack',
    code: 'let depth = 0\nfunction down() { depth++; down() }\ntry { down() } catch (error) { console.log(error.name, error.message, Math.abs(depth - 10900) < 2000) }\nfunction deep(n) { return n === 0 ? 0 : 1 + deep(n - 1) }\nconsole.log(deep(8000))\nlet nested = []\nfor (let i = 0; i < 100000; i++) nested = [nested]\ntry { JSON.stringify(nested) } catch (error) { console.log(error.name) }',
  },
  {
    title: 'files, folders and the thread pool',
    code: String.raw`
const fs = require('node:fs/promises')
const { existsSync, statSync } = require('node:fs')
async function main() {
  await Promise.all(Array.from({ length: 20 }, (_, i) => fs.writeFile('/tmp/file' + i, 'x'.repeat(i * 100))))
  console.log((await fs.readdir('/tmp')).length, (await Promise.all(Array.from({ length: 20 }, (_, i) => fs.readFile('/tmp/file' + i)))).map((b) => b.length))
  console.log(existsSync('/tmp/file0'), statSync('main.js').mode.toString(8), (await fs.readFile(__filename)).length > 100)
  const handle = await fs.open('/tmp/new', 'w+')
  console.log(handle.fd, (await handle.write('abc')).bytesWritten)
  await handle.close()
  console.log(await fs.readFile('/nowhere').catch((error) => error.message), await fs.mkdtemp('/tmp/made').then((name) => name.length))
  console.log((await require('util').promisify(require('crypto').pbkdf2)('a', 'b', 1000, 16, 'sha256')).toString('hex'))
  console.log(require('zlib').gunzipSync(await require('util').promisify(require('zlib').gzip)('text'.repeat(1000))).length)
}
main()
`,
  },
  {
    title: 'watching a file',
    code: "const fs = require('fs')\nfs.writeFileSync('/tmp/w', '')\nconst watcher = fs.watch('/tmp/w', (kind) => { console.log(kind); watcher.close() })\nsetTimeout(() => fs.writeFileSync('/tmp/w', 'x'), 20)",
  },
  {
    title: 'worker threads',
    code: String.raw`
const { Worker, isMainThread, parentPort, workerData, threadId } = require('node:worker_threads')
if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const workers = Array.from({ length: 3 }, (_, i) => new Worker(__filename, { workerData: { i, shared }, argv: ['a'] }))
  const answers = []
  workers.forEach((worker) => worker.on('message', (m) => answers.push(m)).on('exit', (code) => {
    if (Atomics.add(shared, 1, 1) === 2) console.log(answers.sort(), code, shared[0], threadId)
  }))
} else {
  Atomics.add(workerData.shared, 0, workerData.i + 1)
  parentPort.postMessage([workerData.i, threadId > 0, process.argv.slice(1), process.pid, performance.now() < 5000].join())
}
`,
  },
  {
    title: 'child processes',
    code: String.raw`
const { execSync, spawnSync, spawn, fork, execFile } = require('node:child_process')
if (process.argv[2] === 'child') {
  process.on('message', (m) => { process.send([m, process.ppid, process.argv.length, process.execArgv]); process.disconnect() })
} else {
  console.log(execSync('echo out; echo err >&2; echo $PPID; env | sort', { encoding: 'utf8' }))
  console.log(spawnSync('sh', ['-c', 'exit 3']).status, spawnSync('sh', ['-c', 'kill -9 $$']).signal, spawnSync('nowhere').error.code)
  const child = fork(__filename, ['child'])
  child.on('message', (m) => console.log(m)).on('exit', (code, signal) => {
    console.log('exit', code, signal)
    execFile('node', ['-p', '[process.pid > 2, process.execArgv, process.uptime() < 5]'], (error, out) => {
      console.log(error, out)
      const cat = spawn('cat')
      cat.stdout.on('data', (data) => console.log('cat', String(data)))
      cat.stdin.end('through')
    })
  })
  child.send('hello')
  console.log(execSync('cat /proc/self/status | grep -E "^(Sig|Shd)" ; ls -l /proc/self/fd | wc -l', { encoding: 'utf8' }))
}
`,
  },
  {
    title: 'sockets, names and servers',
    code: String.raw`
const net = require('node:net')
const http = require('node:http')
const dgram = require('node:dgram')
const dns = require('node:dns')
const server = net.createServer((socket) => socket.on('data', (data) => socket.end(String(data).toUpperCase())))
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => client.write('hello'))
  client.on('data', (data) => console.log(String(data))).on('close', () => server.close(web))
})
function web() {
  const site = http.createServer((request, response) => response.end(request.url)).listen(0, async () => {
    console.log(await (await fetch('http://127.0.0.1:' + site.address().port + '/path')).text())
    site.close()
    site.closeAllConnections()
    console.log(await dns.promises.lookup('localhost'))
    const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => socket.send('datagram', socket.address().port, '127.0.0.1'))
    socket.on('message', (message) => { console.log(String(message)); socket.close() })
  })
}
`,
  },
  {
    title: 'WebAssembly',
    code: "const bytes = Buffer.from('0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b', 'hex')\nWebAssembly.instantiate(bytes).then(({ instance }) => console.log(instance.exports.add(40, 2)))\nconsole.log(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.add(1, 2), new WebAssembly.Memory({ initial: 10 }).buffer.byteLength)",
  },
  {
    title: 'compiled and collected in the background',
    code: String.raw`
function hot(n) { let sum = 0; for (let i = 0; i < n; i++) sum = (sum + i * 31) % 1000003; return sum }
for (let i = 0; i < 300; i++) hot(10000)
console.log(hot(3000000))
let list = []
for (let i = 0; i < 3000000; i++) { list.push({ i, text: 'x' + i }); if (list.length > 200000) list = list.slice(100000) }
console.log(list.length, list.at(-1).text)
const registry = new FinalizationRegistry(() => {})
registry.register({}, 1)
console.log(new WeakRef({ a: 1 }).deref().a, structuredClone(new Map([[1, { a: [1, 2] }]])))
`,
  },
  {
    title: 'modules that are imported',
    code: "import os from 'node:os'\nimport { value } from './lib/value.mjs'\nconst data = await import('./data.json', { with: { type: 'json' } })\nconsole.log(value, data.default, import.meta.url, import.meta.dirname, import.meta.main, typeof require, os.EOL.length)\nconsole.log(await import('./lib/old.cjs'))",
    files: {
      'lib/value.mjs': 'export const value = import.meta.url',
      'data.json': '{"a":1}',
      'lib/old.cjs': 'exports.x = __filename',
    },
  },
  {
    title: 'a package of its own',
    code: "import { a } from 'own/sub'\nimport b from '#inside'\nconsole.log(a, b, import.meta.filename)",
    files: {
      'package.json':
        '{"name":"own","type":"module","exports":{"./sub":"./sub.js"},"imports":{"#inside":"./b.js"}}',
      'sub.js': 'export const a = 1',
      'b.js': 'export default 2',
    },
  },
  {
    title: 'modules that are required',
    code: "console.log(require('./a'), require('pack'), Object.keys(require.cache), module.children.length)\ntry { require('nowhere') } catch (error) { console.log(error.message, error.code) }",
    files: {
      'a/index.js': 'module.exports = [__filename, require.main.filename, module.parent.id]',
      'node_modules/pack/index.js': 'module.exports = "pack"',
    },
  },
  {
    title: 'a first line for the shell, and a byte-order mark',
    code: '#!/usr/bin/env node\nconsole.log(new Error("here").stack.split("\\n")[1])',
  },
  { title: 'a byte-order mark', code: '\u{feff}console.log(1, module.id)' },
  {
    title: 'a program that reads itself',
    code: "console.log(require('fs').readFileSync(__filename, 'utf8').length, main.toString())\nfunction main() { /* text */ }",
  },
  { title: 'an empty program', code: '' },
  {
    title: 'strict programs and sloppy ones',
    code: 'console.log(this === module.exports, (function () { return this === globalThis })())\nundeclared = 1\nconsole.log(globalThis.undeclared, typeof arguments, arguments.length)',
  },
  { title: 'a syntax error', code: "console.log('never')\nlet x = ;\n" },
  { title: 'a syntax error in a module', code: "import fs from 'fs'\nlet x = = 1\n" },
  {
    title: 'an uncaught exception',
    code: 'function inner() {\n  throw new TypeError("bad é", { cause: new Error("deeper") })\n}\ninner()\n',
  },
  { title: 'throwing what is no error', code: 'throw { a: 1, nested: [null] }' },
  {
    title: 'a rejection that nobody handles',
    code: "Promise.reject(new Error('lost'))\nsetTimeout(() => console.log('never'), 50)",
  },
  {
    title: 'handlers of last resort',
    code: "process.on('uncaughtException', (error, origin) => console.log(error.message, origin))\nprocess.on('unhandledRejection', (reason) => console.log(reason))\nprocess.on('beforeExit', (code) => console.log('before', code))\nprocess.on('exit', (code) => console.log('exit', code))\nPromise.reject(1)\nsetTimeout(() => { throw new Error('thrown') })",
  },
  {
    title: 'warnings',
    code: "process.emitWarning('careful', 'CustomWarning')\nnew Buffer(1)\nprocess.on('warning', (w) => console.log(w.name))\nconst { EventEmitter } = require('events')\nconst e = new EventEmitter()\nfor (let i = 0; i < 11; i++) e.on('x', () => {})",
  },
  {
    title: 'leaving with a number',
    code: "process.on('exit', (code) => { console.log(code); process.exitCode = 7 })\nprocess.exit(3)",
  },
  { title: 'leaving by its exit code', code: 'process.exitCode = 5\nsetTimeout(() => console.log(1), 5)' },
  { title: 'abort', code: "require('fs').writeSync(1, 'before\\n')\nprocess.abort()" },
  { title: 'awaiting what never comes', code: 'console.log(1)\nexport default await new Promise(() => {})' },
  {
    title: 'a fault in native memory',
    code: "process.kill(process.pid, 'SIGSEGV')\nsetTimeout(() => {}, 5000)",
  },
  {
    title: 'a stream that was closed',
    code: "require('fs').closeSync(1)\nconsole.error('still', (() => { try { return console.log(1) } catch (error) { return error.code } })())",
  },
  {
    title: 'asynchronous context, hooks and diagnostics',
    code: String.raw`
const { AsyncLocalStorage, executionAsyncId, createHook } = require('node:async_hooks')
console.log(executionAsyncId(), require('async_hooks').triggerAsyncId())
const storage = new AsyncLocalStorage()
storage.run(42, () => setTimeout(() => console.log(storage.getStore(), executionAsyncId() > 1), 1))
let made = 0
createHook({ init() { made++ } }).enable()
Promise.resolve().then(() => console.log(made > 0))
const { PerformanceObserver, performance, monitorEventLoopDelay } = require('node:perf_hooks')
new PerformanceObserver((list, observer) => { console.log(list.getEntries().map((e) => [e.name, e.startTime > 5])); observer.disconnect() }).observe({ entryTypes: ['mark'] })
performance.mark('here')
console.log(require('node:inspector').url(), require('node:os').availableParallelism(), require('node:os').cpus().length, require('node:os').hostname())
`,
  },
  {
    title: 'a report on itself',
    code: "const { header, environmentVariables, sharedObjects, libuv, userLimits } = process.report.getReport()\nconst { dumpEventTime, dumpEventTimeStamp, cpus, glibcVersionRuntime, ...rest } = header\nconsole.log({ ...rest, cpus: cpus.length }, environmentVariables, sharedObjects.filter((name) => !name.startsWith('/run')), userLimits)\nconsole.log(libuv.map(({ type, is_active, is_referenced }) => [type, is_active, is_referenced]))",
  },
  {
    title: 'scripts in contexts of their own, and code made of text',
    code: "const vm = require('node:vm')\nconsole.log(vm.runInNewContext('a + 1', { a: 1 }), eval('1+1'), new Function('return this === globalThis')())\ntry { vm.runInNewContext('for(;;){}', {}, { timeout: 30 }) } catch (error) { console.log(error.code) }\nconsole.log(new Intl.NumberFormat('de').format(1234.5), 'ä'.localeCompare('z'), new Date(0).toLocaleString('en-GB', { timeZone: 'UTC' }))",
  },
  {
    title: 'a title of its own',
    args: ['x'.repeat(30)],
    code: "process.title = 'mine'\nconsole.log(process.title, require('fs').readFileSync('/proc/self/comm', 'utf8'), require('fs').readFileSync('/proc/self/cmdline', 'latin1').slice(0, 6))",
  },
  {
    title: 'a worker with more memory than it may use',
    code: "const { Worker } = require('worker_threads')\nnew Worker('const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length))', { eval: true, resourceLimits: { maxOldGenerationSizeMb: 20 } }).on('error', (error) => console.log(error.code)).on('exit', (code) => console.log(code))",
  },
  {
    title: 'more memory than allowed',
    code: "require('fs').writeSync(1, 'start\\n')\nconst kept = []\nfor (;;) kept.push(Buffer.alloc(1 << 20, 1))",
  },
  {
    title: 'more CPU time than allowed',
    code: "require('fs').writeSync(1, 'start\\n')\nfor (;;);",
    cpuTimeMs: 600,
  },
  {
    title: 'as many processes as allowed',
    code: "const { spawnSync, spawn } = require('child_process')\nlet made = 0\nconst children = []\nfor (let i = 0; i < 60; i++) { try { const c = spawn('sleep', ['5']); c.on('error', () => {}); if (c.pid) { made++; children.push(c) } } catch { break } }\nconsole.log(made)\nchildren.forEach((c) => c.kill('SIGKILL'))",
  },
  {
    title: 'a limit that leaves no room for its threads',
    code: "console.log('started')",
    maxProcesses: 4,
    wallTimeMs: 1500,
    plain: true,
  },
  {
    title: 'a limit that its threads just reach',
    code: "console.log(require('child_process').spawnSync('true').error?.code)",
    maxProcesses: 7,
  },
]
