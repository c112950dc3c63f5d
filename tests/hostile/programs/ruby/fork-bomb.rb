# Starts processes for ever; when it is refused one, the interpreter itself waits and tries again.
5000.times do |count|
  Process.spawn('/bin/sleep', '20')
  puts "LEAK #{count} processes at once" if count > 64
  puts 'more than thirty' if count == 30
  $stdout.flush
end
