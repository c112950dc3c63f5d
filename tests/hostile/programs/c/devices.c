/* Devices: only harmless ones are there, and none can be made. */
#include "probe.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int make_and_open(const char *path, mode_t kind, int major, int minor) {
  if (mknod(path, kind | 0666, makedev(major, minor)) != 0) return -1;
  return open(path, O_RDONLY | O_NONBLOCK);
}

int main(void) {
  static const char *const harmless[] = {".", "..", "fd", "full", "null", "ptmx", "pts", "random", "shm",
                                         "stderr", "stdin", "stdout", "tty", "urandom", "zero"};
  DIR *folder = opendir("/dev");
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    int known = 0;
    for (unsigned at = 0; at < sizeof harmless / sizeof *harmless; at++)
      if (strcmp(entry->d_name, harmless[at]) == 0) known = 1;
    if (!known) printf("LEAK /dev/%s exists\n", entry->d_name);
  }
  static const char *const dangerous[] = {
      "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/vda", "/dev/sda",
      "/dev/nvme0n1", "/dev/loop0", "/dev/loop-control", "/dev/mapper/control", "/dev/net/tun", "/dev/vsock",
      "/dev/vhost-net", "/dev/uinput", "/dev/input/event0", "/dev/rtc0", "/dev/watchdog", "/dev/console",
      "/dev/tty0", "/dev/userfaultfd", "/dev/hwrng", "/dev/cpu/0/msr",
  };
  for (unsigned at = 0; at < sizeof dangerous / sizeof *dangerous; at++) attempt_open(dangerous[at], O_RDONLY);
  ATTEMPT("mknod-null", make_and_open("/tmp/null", S_IFCHR, 1, 3));
  ATTEMPT("mknod-mem", make_and_open("/tmp/mem", S_IFCHR, 1, 1));
  ATTEMPT("mknod-disk", make_and_open("/tmp/disk", S_IFBLK, 254, 0));
  ATTEMPT("mknod-disk-box", make_and_open("/box/disk", S_IFBLK, 8, 0));
  ATTEMPT_OBJECT("dev-write", open("/dev/codeexec-hostile", O_CREAT | O_WRONLY, 0600));
  ATTEMPT_OBJECT("sys", access("/sys/kernel", F_OK));
  ATTEMPT_OBJECT("cgroup-files", access("/sys/fs/cgroup", F_OK));
  return 0;
}
