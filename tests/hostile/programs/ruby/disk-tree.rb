# Many small files in many folders, some of them closed to everybody.
made = 0
begin
  400.times do |outer|
    Dir.mkdir("/box/folder-#{outer}")
    400.times do |inner|
      File.write("/box/folder-#{outer}/#{inner}", 'x')
      made += 1
    end
    File.chmod(0, "/box/folder-#{outer}")
  end
  puts "made #{made}"
rescue SystemCallError => error
  puts "DENIED #{error.class.name} after #{made}"
end
