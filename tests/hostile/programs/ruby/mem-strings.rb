# Strings that are kept and written to.
keep = []
2048.times { |count| keep << (count % 250 + 1).chr * (1 << 20) }
puts 'LEAK 2 GiB of strings'
