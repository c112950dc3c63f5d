n = 0
while true
  n += 1
  next if n.odd?
  break if n > 6
  puts n
end
until n.zero?
  n -= 1
end
loop do
  n += 1
  break unless n < 3
end
1.step(10, 4) { |i| puts i }
