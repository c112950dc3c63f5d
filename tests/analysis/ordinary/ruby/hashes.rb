inventory = { apple: 3, pear: 0, plum: 5 }
inventory.delete(:pear)
inventory.delete_if { |_, count| count > 4 }
words = %w[a b c]
words.delete("b")
puts inventory.inspect, words.join(","), "hello".delete("l")
