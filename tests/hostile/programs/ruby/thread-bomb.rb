# Threads until refused.
count = 0
begin
  while count < 5000
    Thread.new { sleep 20 }
    count += 1
  end
  puts 'LEAK 5000 threads at once'
rescue ThreadError
  puts "DENIED thread after #{count}"
end
$stdout.flush
exit!(0)
