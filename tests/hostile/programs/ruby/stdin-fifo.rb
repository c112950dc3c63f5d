# Its input ends; then it waits for input elsewhere.
puts "input #{$stdin.read.bytesize}"
$stdout.flush
reader, _writer = IO.pipe
reader.read
puts 'LEAK the pipe ended'
