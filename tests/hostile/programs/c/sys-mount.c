/* Every call that changes what is mounted, the old ones and the new. */
#include "probe.h"
#include <sys/mount.h>
#include <sys/stat.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

int main(void) {
  mkdir("/tmp/here", 0700);
  unsigned long attributes[4] = {0};
  ATTEMPT("mount-tmpfs", mount("none", "/tmp/here", "tmpfs", 0, NULL));
  ATTEMPT("mount-proc", mount("none", "/tmp/here", "proc", 0, NULL));
  ATTEMPT("mount-sysfs", mount("none", "/tmp/here", "sysfs", 0, NULL));
  ATTEMPT("mount-cgroup", mount("none", "/tmp/here", "cgroup", 0, "memory"));
  ATTEMPT("mount-cgroup2", mount("none", "/tmp/here", "cgroup2", 0, NULL));
  ATTEMPT("mount-overlay", mount("none", "/tmp/here", "overlay", 0, "lowerdir=/usr:/etc"));
  ATTEMPT("mount-bind", mount("/proc", "/tmp/here", NULL, MS_BIND, NULL));
  ATTEMPT("remount-root", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
  ATTEMPT("make-shared", mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
  ATTEMPT("umount-proc", umount2("/proc", MNT_DETACH));
  ATTEMPT("umount-box", umount2("/box", 0));
  ATTEMPT("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
  ATTEMPT("move_mount", syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, "/box", 0));
  ATTEMPT("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
  ATTEMPT("fsconfig", syscall(SYS_fsconfig, -1, 6, NULL, NULL, 0));
  ATTEMPT("fsmount", syscall(SYS_fsmount, -1, 0, 0));
  ATTEMPT("fspick", syscall(SYS_fspick, AT_FDCWD, "/", 0));
  ATTEMPT("mount_setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, attributes, sizeof attributes));
  ATTEMPT("chroot", chroot("/box"));
  ATTEMPT("pivot_root", syscall(SYS_pivot_root, "/box", "/tmp"));
  return 0;
}
