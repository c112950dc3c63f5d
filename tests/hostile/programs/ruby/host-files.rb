# Files of the host by path, by link, by pipe and by the interpreter's own loaders.
canary = ARGV.fetch(0)

def attempt(name)
  found = yield
  puts "LEAK #{name} #{found}"
rescue SystemCallError, LoadError, SecurityError => error
  puts "DENIED #{name} #{error.class.name}"
end

attempt('read') { File.read(canary) }
attempt('load') { load canary }
attempt('glob') { Dir.glob("#{File.dirname(canary)}/*canary*").first || raise(Errno::ENOENT) }
attempt('cat') { text = IO.popen(['cat', canary], err: File::NULL, &:read); text.empty? ? raise(Errno::ENOENT) : text }
attempt('link') { File.symlink(canary, '/out/link'); File.read('/out/link') }
attempt('hard-link') { File.link('/etc/shadow', '/tmp/shadow') }
attempt('shadow') { File.read('/etc/shadow') }
attempt('fiddle') { require 'fiddle'; Fiddle.dlopen(canary) rescue raise LoadError }
