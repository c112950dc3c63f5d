# The library's own way to become a daemon, with the streams kept.
puts 'parent is done'
$stdout.flush
Process.daemon(true, true)
trap('TERM', 'IGNORE')
trap('HUP', 'IGNORE')
sleep 5
puts 'LEAK still here'
sleep 15
