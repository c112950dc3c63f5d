require "tempfile"

Tempfile.create("notes") do |file|
  file.puts "one", "two"
  file.rewind
  file.each_line.with_index(1) { |line, number| puts "#{number} #{line}" }
end
File.write("/tmp/a.txt", "text")
puts File.read("/tmp/a.txt"), File.exist?("/tmp/b.txt"), File.basename(__FILE__).end_with?(".rb")
