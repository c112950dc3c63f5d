# Sent under a name that looks like an option.
puts 'a file is a file'
