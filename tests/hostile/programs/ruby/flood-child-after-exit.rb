# A child in its own session floods once its parent has ended.
fork do
  Process.setsid
  trap('PIPE', 'IGNORE')
  sleep 0.2
  5000.times do
    $stdout.syswrite('r' * 65_536)
  rescue SystemCallError
    sleep 0.01
  end
end
puts 'parent is done'
