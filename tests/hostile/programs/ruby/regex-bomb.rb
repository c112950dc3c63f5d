# Backtracking with a back reference, which no memo table helps.
puts(/^(a|a|aa)+\1$/.match?("#{'a' * 60}b"))
