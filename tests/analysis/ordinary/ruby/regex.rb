text = "2024-02-29 and 2023-01-01"
text.scan(/(\d+)-(\d+)-(\d+)/) { |y, m, d| puts "#{d}.#{m}.#{y}" }
if (match = /(?<year>\d{4})/.match(text))
  puts match[:year]
end
puts text.gsub(/\d/) { |digit| (9 - digit.to_i).to_s }
