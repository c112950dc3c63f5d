import type { Rule } from '../../../engine/rule.js'

export const running: readonly Rule[] = [
  {
    id: 'ruby/eval',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` runs whatever Ruby its text holds. For data use `JSON.parse` or `Integer()`, for choices a hash of lambdas.',
    match: [
      {
        calls: [
          'Kernel.eval',
          'Kernel.binding().eval',
          'Kernel.binding().irb',
          'RubyVM.InstructionSequence.compile**',
        ],
      },
      {
        syntax: {
          type: 'call',
          fields: {
            method: { text: /^(instance|class|module)_eval$/ },
            arguments: { count: { min: 1 }, not: { nth: { 0: { type: 'block_argument' } } } },
          },
        },
      },
      { calls: ['ERB.new().result*'] },
    ],
    finds: [
      'eval("1 + 1")',
      'Kernel.eval("1")',
      'send(:eval, "1")',
      'object.instance_eval("@secret")',
      'String.class_eval "def x; end"',
      'run = method(:eval)\nrun.call("1")',
      'alias evaluate eval\nevaluate("1")',
      'binding.eval("x")',
      'require "erb"\nERB.new(text).result(binding)',
    ],
    ignores: [
      'def eval(text) = text\nputs eval("1")',
      'object.instance_eval { @secret }',
      'String.class_eval do\n  def x; end\nend',
      'calculator.eval("1")',
      'puts "eval(1)" # eval(2)',
      'String.class_eval(&block)',
      'class Tree\n  def eval(x) = x\n  def run = eval("1")\nend',
    ],
  },
  {
    id: 'ruby/system-command',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` starts another program. One text is read by a shell, which runs anything in it; a list of arguments is not.',
    match: [
      {
        calls: [
          'Kernel.system',
          'Kernel.exec',
          'Kernel.spawn',
          'Kernel.`',
          'Process.spawn',
          'Process.exec',
          'IO.popen',
          'Open3.*',
          'PTY.spawn',
          'PTY.getpty',
          'Shellwords.system',
        ],
      },
      {
        calls: ['Kernel.open', 'IO.read', 'IO.write'],
        where: { fields: { arguments: { nth: { 0: { string: /^\|/ } } } } },
      },
    ],
    finds: [
      'system("ls")',
      'system "ls", "-l"',
      'Kernel.system("ls")',
      'exec "ls"',
      'IO.popen(["ls"]) { |io| puts io.read }',
      'require "open3"\nout, status = Open3.capture2("ls")',
      'Kernel.send(:system, "ls")',
      'shell = Kernel\nshell.system("ls")',
      'open("|ls")',
      '["ls"].each(&method(:system))',
    ],
    ignores: [
      'def system(text)\n  puts text\nend\nsystem("ls")',
      'machine.system("ls")',
      'system = "Linux"\nputs system',
      'class Robot\n  def exec(order) = order\n  def run = exec("left")\nend',
      'open("data.txt")',
      'def f(spawn) = spawn.call("x")',
      'puts "system(1)"',
    ],
  },
  {
    id: 'ruby/backticks',
    category: 'system-command',
    severity: 'critical',
    message:
      'Backticks and `%x()` hand their text to a shell, which runs anything in it. `Open3.capture2` takes a list of arguments.',
    match: [{ syntax: { type: 'subshell' } }],
    finds: ['puts `ls`', 'out = %x(ls -l)', 'puts "files: #{`ls`}"', 'x = `echo #{name}`'],
    ignores: ["puts '`ls`'", 'puts "a"', '# `ls`\nputs 1', 'words = %w(ls id)'],
  },
  {
    id: 'ruby/process-control',
    category: 'system-command',
    severity: 'high',
    message:
      '`{name}` makes or ends processes directly. Copies that make copies use up the process limit; use threads to share out work.',
    match: [
      {
        calls: [
          'Kernel.fork',
          'Process.fork',
          'Process.kill',
          'Process.daemon',
          'Process.setsid',
          'Kernel.syscall',
        ],
      },
    ],
    finds: ['fork { puts 1 }', 'loop { fork }', 'Process.kill("KILL", 1)', 'pid = Process.fork'],
    ignores: [
      'class Enemy\n  def kill = 1\nend\nEnemy.new.kill',
      'fork = 3\nputs fork',
      'repository.fork',
      'puts Process.pid, Process.clock_gettime(Process::CLOCK_MONOTONIC)',
    ],
  },
  {
    id: 'ruby/dynamic-load',
    category: 'dynamic-import',
    severity: 'high',
    message:
      '`{name}` loads code by a name that is worked out while the program runs, so no reader can tell which. Name it in the source.',
    match: [
      {
        calls: ['Kernel.require', 'Kernel.load', 'Kernel.require_relative'],
        where: {
          fields: { arguments: { count: { min: 1 }, not: { nth: { 0: { type: 'string', string: /^/ } } } } },
        },
      },
      { calls: ['Fiddle.dlopen', 'Fiddle.Handle.new', 'Kernel.const_missing'] },
      {
        syntax: {
          type: 'call',
          fields: {
            method: { text: 'const_get' },
            arguments: {
              count: { min: 1 },
              not: { nth: { 0: { type: ['string', 'simple_symbol'], string: /^/ } } },
            },
          },
        },
      },
    ],
    finds: [
      'require ARGV[0]',
      'load "#{name}.rb"',
      'Object.const_get(name).new',
      'require "fiddle"\nFiddle.dlopen("libc.so.6")',
      'files.each { |file| require_relative file }',
    ],
    ignores: [
      'require "set"',
      'require_relative "lib/helper"',
      'Object.const_get(:String)',
      'game.load(name)',
      'def load(name) = name\nload(x)',
      "require 'json'",
    ],
  },
]
