require "date"
require "benchmark"

day = Date.new(2024, 2, 28)
(0..2).each { |n| puts (day + n).strftime("%F %A") }
puts Benchmark.realtime { 100.times { [3, 1, 2].sort } } < 10, Process.clock_gettime(Process::CLOCK_MONOTONIC).positive?
exit 0
