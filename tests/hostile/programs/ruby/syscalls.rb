# Forbidden calls by number.
{ unshare: [272, 0x10000000], ptrace: [101, 0, 0, 0, 0], bpf: [321, 0, 0, 0], io_uring_setup: [425, 1, 0],
  userfaultfd: [323, 1], keyctl: [250, 0, -3, 0], personality: [135, 0x0040000], chroot: [161, '/tmp'],
  clone_newuser: [56, 0x10000011, 0, 0, 0, 0] }.each do |name, arguments|
  child = fork do
    syscall(*arguments)
    exit!(255)
  rescue SystemCallError => error
    exit!(error.errno)
  end
  _, status = Process.wait2(child)
  denied = status.signaled? || [Errno::EPERM::Errno, Errno::EACCES::Errno, Errno::ENOSYS::Errno].include?(status.exitstatus)
  puts "#{denied ? 'DENIED' : 'LEAK'} #{name} #{status.exitstatus}"
end
