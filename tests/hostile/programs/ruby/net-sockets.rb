# TCP, UDP, raw sockets, a name, and the kernel's own list of connections.
require 'socket'

def attempt(name)
  puts "LEAK #{name} #{yield}"
rescue SystemCallError, SocketError, IOError => error
  puts "DENIED #{name} #{error.class.name}"
end

service, canary = ARGV
attempt('service') { TCPSocket.new('127.0.0.1', service, connect_timeout: 1).gets }
attempt('canary') { TCPSocket.new('127.0.0.1', canary, connect_timeout: 1).gets }
attempt('canary6') { TCPSocket.new('::1', canary, connect_timeout: 1).gets }
attempt('outside') { TCPSocket.new('203.0.113.1', 80, connect_timeout: 1).gets }
attempt('udp') { UDPSocket.new.send('question', 0, '198.51.100.1', 53) }
attempt('broadcast') do
  socket = UDPSocket.new
  socket.setsockopt(:SOCKET, :BROADCAST, true)
  socket.send('anyone', 0, '255.255.255.255', 9)
end
attempt('raw') { Socket.new(:INET, :RAW, 1) }
attempt('packet') { Socket.new(17, :RAW, 0x0300) }
attempt('name') { TCPSocket.new('example.com', 80, connect_timeout: 1) }
attempt('abstract') { Socket.unix("\0codeexec") }
listeners = %w[tcp tcp6].flat_map { |kind| File.readlines("/proc/net/#{kind}").grep(/ 0A /) }
puts listeners.empty? ? 'no listeners' : "LEAK #{listeners}"
