primes = Enumerator.new do |found|
  n = 2
  loop do
    found << n if (2..Math.sqrt(n)).none? { |d| (n % d).zero? }
    n += 1
  end
end
puts primes.take(5).inspect
e = [1, 2, 3].each
loop do
  puts e.next
end
puts primes.lazy.select(&:odd?).map { |x| x * 2 }.first(2).inspect
