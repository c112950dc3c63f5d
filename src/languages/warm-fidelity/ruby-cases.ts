import type { FidelityCase } from './case.js'

const PROCESS = String.raw`
p $$, Process.pid, Process.ppid, Process.getpgrp, Process.getsid, Dir.pwd, File.umask
%w[comm cmdline environ limits oom_score_adj cgroup].each { |name| p name, File.binread("/proc/self/#{name}") }
p File.binread('/proc/1/comm'), File.readlink('/proc/self/exe'), File.readlink('/proc/self/cwd')
kept = %w[Name Umask NSpid Threads Sig Shd Cap NoNew Seccomp Groups CoreDumping]
File.foreach('/proc/self/status') { |line| puts line if line.start_with?(*kept) && !line.start_with?('SigQ') }
p Process.uid == File.stat('/proc/self/mem').uid, Process.groups, Process.uid == Process.euid
p Dir.children('/proc/self/fd').sort, Dir.children('/proc').grep(/\A\d+\z/).sort
p Dir.children('/proc/self/fd').map(&:to_i).sort.first(5).map { |fd| File.readlink("/proc/self/fd/#{fd}").sub(/\d+/, 'N') }
p Process.getpriority(Process::PRIO_PROCESS, 0), Process.getrlimit(:STACK), Process.getrlimit(:NOFILE)
`

export const RUBY_CASES: readonly FidelityCase[] = [
  {
    title: 'names, paths, libraries and options',
    code: String.raw`
p $0, $PROGRAM_NAME, __FILE__, __dir__, __method__, $LOADED_FEATURES, $LOAD_PATH, ARGV, ARGF.filename, $*
p $VERBOSE, $DEBUG, $-w, $-d, $-p, $-l, $-i, $-I, $SAFE rescue p $!
p __ENCODING__, Encoding.default_external, Encoding.default_internal, Encoding.find('locale'), Encoding.find('filesystem')
p self, binding.local_variables, TOPLEVEL_BINDING.local_variables, TOPLEVEL_BINDING.receiver, caller, caller_locations(0)
p Object.constants.sort, global_variables.sort, RUBY_DESCRIPTION, RUBY_ENGINE, ENV.to_h
p Gem::VERSION, Gem.loaded_specs.keys.sort, Gem.path, Gem.default_dir, Gem.user_dir, Gem.user_home
p defined?(DidYouMean), defined?(ErrorHighlight), defined?(SyntaxSuggest), defined?(RubyVM::YJIT), defined?(DATA)
p RubyVM::InstructionSequence.of(method(:puts)), Signal.list.size, Process.clock_getres(:CLOCK_MONOTONIC)
require 'rbconfig'
p RbConfig.ruby, $LOADED_FEATURES.size
`,
  },
  { title: 'what the kernel shows of the process', code: PROCESS },
  {
    title: 'what the kernel shows of the process, with arguments',
    code: PROCESS,
    args: ['one', 'zwei ß', '-e', ''],
  },
  {
    title: 'arguments',
    code: 'p ARGV, ARGV.map(&:encoding), ARGV.map(&:frozen?), ARGV.frozen?, ARGV.map(&:valid_encoding?), $*.equal?(ARGV)\nrequire "optparse"\np ARGV.getopts("v", "long:")',
    args: ['-v', '--long', 'x', '\u{1f600}', '--', ''],
  },
  {
    title: 'standard streams',
    code: String.raw`
[$stdin, $stdout, $stderr, STDIN].each do |io|
  p io.inspect, io.sync, io.tty?, io.fileno, io.external_encoding, io.internal_encoding, io.binmode?, io.lineno, io.stat.ftype
  p io.close_on_exec?, io.autoclose?
end
p $stdout.equal?(STDOUT), gets, $_, $., STDIN.each_line.to_a, ARGF.eof? rescue p $!
$stdout.write 'no end of line'
$stderr.write 'nor here'
`,
    stdin: 'first\nsecond\nthird é\n',
  },
  {
    title: 'reading by gets until the end',
    code: 'while line = gets\n  puts line.chomp.reverse\nend\np gets, $stdin.eof?',
    stdin: 'abc\ndef',
  },
  {
    title: 'text after the program',
    code: 'p DATA.class, DATA.pos, DATA.lineno, DATA.path, DATA.fileno\nputs DATA.read\nDATA.rewind\np DATA.read.size\n__END__\nthe text\nof two lines\n',
  },
  {
    title: 'a long program with text after it',
    code: `${'# filler\n'.repeat(3000)}puts DATA.gets, __LINE__\n__END__\nfar away\n`,
  },
  {
    title: 'signals',
    code: String.raw`
p Signal.list.keys.sort.to_h { |name| [name, (trap(name, 'DEFAULT') rescue $!.class)] }
trap('USR1') { puts 'got it' }
Process.kill('USR1', $$)
sleep 0.05
begin
  Process.kill('INT', $$)
  sleep 1
rescue Interrupt
  p $!
end
`,
  },
  {
    title: 'threads, queues, timeouts and fibers',
    code: String.raw`
require 'timeout'
p Thread.list.size, Thread.main == Thread.current, Thread.current.name, Thread.main.native_thread_id == $$
queue = Queue.new
workers = 4.times.map { |n| Thread.new { queue << n * n } }
workers.each(&:join)
p 4.times.map { queue.pop }.sort
begin
  Timeout.timeout(0.05) { loop {} }
rescue Timeout::Error
  p $!.class
end
count = 0
spinner = Thread.new { loop { count += 1 } }
sleep 0.2
spinner.kill
p count > 0, Fiber.new { Fiber.yield 1 }.resume, Thread.new { Thread.current.native_thread_id > 2 }.value
p Ractor.count
p Enumerator.new { |y| 3.times { y << _1 } }.next
Thread.new { raise 'in a thread' }.join rescue p $!
`,
  },
  {
    title: 'ractors',
    code: 'p Ractor.new { 6 * 7 }.take\np 3.times.map { |n| Ractor.new(n) { |m| m * m } }.map(&:take)',
  },
  {
    title: 'processes of its own',
    code: String.raw`
require 'open3'
p Open3.capture3('echo out; echo err >&2; exit 3').last.exitstatus, %x(echo $PPID; env | sort)
pid = fork { puts "child of #{Process.ppid}"; exit! 7 }
Process.wait(pid)
p $?.exitstatus, pid
p IO.popen(['ruby', '-e', 'p $$ > 2, ARGV', 'x'], &:read)
at_exit { puts 'once' }
fork { puts 'child' }
Process.waitall
spawn('echo spawned')
Process.wait
$stdout.flush
exec 'ruby', '-e', 'p :executed, $LOADED_FEATURES.size'
`,
  },
  {
    title: 'clocks',
    code: 'p Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) < 2, Process.times.utime < 2, Time.now.zone, Time.now.utc_offset\nt = Process.clock_gettime(Process::CLOCK_MONOTONIC)\nsleep 0.01\np Process.clock_gettime(Process::CLOCK_MONOTONIC) - t >= 0.01',
  },
  {
    title: 'garbage collection and objects',
    code: 'p GC.stress, GC.enable, GC.measure_total_time, GC.count < 20, ObjectSpace.each_object(Class).count, ObjectSpace.each_object(Thread).count\nGC.start\nGC.compact rescue p $!\np ObjectSpace.garbage_collect, Symbol.all_symbols.size\np GC.stat(:heap_live_slots) > 1000, "x".object_id, Object.new.object_id\nclass A; end\nObjectSpace.define_finalizer(A.new, proc { puts "finalized" })',
  },
  {
    title: 'recursion and the size of the stack',
    code: 'def depth(n) = (@deepest = n; depth(n + 1))\nbegin\n  depth(0)\nrescue SystemStackError => error\n  p @deepest, error.message\nend\na = []\na << a\np a, a.flatten rescue p $!\ndeep = nil\n100_000.times { deep = [deep] }\np((begin; deep.hash; rescue SystemStackError; $!; end).class)\np RubyVM::DEFAULT_PARAMS',
  },
  {
    title: 'an uncaught exception',
    code: 'def inner\n  raise ArgumentError, "bad é"\nend\n\ndef outer\n  inner\nrescue => error\n  raise "worse"\nend\n\nouter\n',
  },
  { title: 'a name that is misspelt', code: 'value = [1]\nvalue.frist\n' },
  { title: 'an operation on nothing', code: 'nothing = nil\np 1 +\n  nothing[0].size\n' },
  { title: 'a syntax error', code: 'puts "never"\ndef f(\n  1 +\nend\n' },
  { title: 'a missing end', code: 'class A\n  def f\n    if true\n  end\nend\n' },
  { title: 'a library that is missing', code: 'require "nowhere"\n' },
  {
    title: 'a library by its name, and where it lies',
    code: 'require "json"\nrequire "set"\nrequire "bigdecimal" rescue p $!.class\np $LOADED_FEATURES.size, JSON.generate(1 => [nil])\nputs $LOADED_FEATURES',
  },
  {
    title: 'modules of its own, also those that hide the library',
    code: 'require "json"\nrequire_relative "lib/a"\nrequire "lib/a"\nload "b.rb"\np JSON, A, $LOADED_FEATURES.last, __FILE__',
    files: { 'json.rb': 'JSON = 1', 'lib/a.rb': 'A = __FILE__', 'b.rb': 'p caller_locations.size, __FILE__' },
  },
  {
    title: 'a library that is read at every start',
    code: 'p 1\nfoo',
    files: { 'monitor.rb': 'puts "mine"', 'did_you_mean.rb': 'puts "also mine"' },
    plain: true,
  },
  {
    title: 'options in the first line',
    code: '#!/usr/bin/env ruby -w\np $VERBOSE\nunused = 1\n',
    plain: true,
  },
  {
    title: 'a first line for the shell',
    code: '#!/bin/sh\nexec ruby -x "$0"\n#!ruby\np __LINE__\n',
    plain: true,
  },
  {
    title: 'comments that change how a program is read',
    code: '# frozen_string_literal: true\n# warn_indent: true\np "a".frozen?, __ENCODING__\n',
  },
  { title: 'a program in another encoding', code: '# encoding: iso-8859-1\np __ENCODING__, "é".bytesize\n' },
  { title: 'a byte-order mark', code: '\u{feff}p __ENCODING__, __LINE__\n' },
  { title: 'an empty program', code: '' },
  { title: 'a program of one character', code: '#' },
  { title: 'a program without an end of line', code: 'p __LINE__' },
  { title: 'a document inside', code: '=begin\nnot this\n=end\nputs <<~TEXT, __LINE__\n  here\nTEXT\n' },
  {
    title: 'a program that reads itself',
    code: 'puts File.read(__FILE__), File.readlines($0).size, File.stat($0).mode.to_s(8), SCRIPT_LINES__ rescue p $!.class',
  },
  {
    title: 'blocks that begin and end',
    code: 'END { puts "END" }\nat_exit { puts "at_exit"; exit 5 }\nBEGIN { puts "BEGIN" }\nputs "middle"\nat_exit { raise "in at_exit" }\n',
  },
  { title: 'leaving with a number', code: 'exit 3' },
  { title: 'leaving with false', code: 'exit false' },
  { title: 'leaving with a text', code: 'abort "said at the end"' },
  { title: 'leaving at once', code: 'at_exit { puts "never" }\n$stdout.sync = true\nputs "x"\nexit! 9' },
  { title: 'unwritten output when leaving at once', code: 'print "lost?"\nexit! 1' },
  { title: 'throwing what nobody catches', code: 'throw :nowhere' },
  { title: 'an interrupt that nobody catches', code: 'puts "before"\nraise Interrupt' },
  { title: 'an interrupt by a signal', code: 'puts "before"\nProcess.kill(:INT, $$)\nsleep 5' },
  {
    title: 'ending itself by SIGKILL',
    code: '$stdout.sync = true\nputs 1\nProcess.kill(:KILL, $$)\nsleep 5',
  },
  { title: 'ending itself by SIGTERM', code: 'Process.kill(:TERM, $$)\nsleep 5' },
  { title: 'abort', code: 'Process.kill(:ABRT, $$)\nsleep 5' },
  { title: 'standard output that was closed', code: 'STDOUT.close\nputs 1' },
  {
    title: 'threads that outlive the main one',
    code: 'Thread.new { sleep 50 }\nThread.new { sleep 0.01; puts "never" }\nputs "done"',
  },
  {
    title: 'sockets and selecting',
    code: "require 'socket'\nserver = TCPServer.new('127.0.0.1', 0)\nThread.new { c = server.accept; c.puts c.gets.upcase; c.close }\ns = TCPSocket.new('127.0.0.1', server.addr[1])\ns.puts 'hello'\np IO.select([s], nil, nil, 5)&.first&.size, s.read\nr, w = IO.pipe\nw.close\np r.read, r.fileno",
  },
  {
    title: 'warnings',
    code: 'p Warning[:deprecated], Warning[:experimental], Warning[:performance]\nwarn "warned", uplevel: 0\nX = 1\nX = 2\np((case [0, 1] in [a, b] unless a == b then [a, b] end))',
  },
  {
    title: 'refinements, patterns and tracing',
    code: 'module R; refine(Integer) { def twice = self * 2 }; end\nusing R\np 4.twice\ncount = 0\nTracePoint.new(:call) { count += 1 }.enable { def f = 1; f }\np count\nset_trace_func nil\np TracePoint.stat rescue p $!.class',
  },
  {
    title: 'more memory than allowed',
    code: '$stdout.sync = true\nputs "start"\nblocks = []\nloop { blocks << "x" * (1 << 20) }',
    memoryMiB: 160,
  },
  { title: 'more CPU time than allowed', code: '$stdout.sync = true\nputs "start"\nloop {}', cpuTimeMs: 600 },
]
