queue = Queue.new
lock = Mutex.new
total = 0
workers = 3.times.map do
  Thread.new do
    while (n = queue.pop) != :stop
      lock.synchronize { total += n }
    end
  end
end
10.times { |n| queue << n }
3.times { queue << :stop }
workers.each(&:join)
puts total
