# Refuses to end: by rescue, by ensure, by trap and at exit.
%w[TERM INT HUP].each { |name| trap(name) { puts 'LEAK survived' } }
at_exit { loop { sleep 1 } }
puts 'ending'
$stdout.flush
begin
  exit 0
ensure
  loop { sleep 1 }
end
