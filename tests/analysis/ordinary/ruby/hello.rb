3.times { |i| puts "Hello #{i}" }
