/* Looking into processes, its own ones and those that watch over it, and taking what they have open. */
#include "probe.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

static char secret[16] = "seen";

static long read_memory(pid_t pid, void *address) {
  char copy[16];
  struct iovec to = {copy, sizeof copy}, from = {address, sizeof copy};
  return process_vm_readv(pid, &to, 1, &from, 1, 0);
}

static long write_memory(pid_t pid) {
  char copy[16] = "written";
  struct iovec from = {copy, sizeof copy}, to = {secret, sizeof copy};
  return process_vm_writev(pid, &from, 1, &to, 1, 0);
}

static long steal_descriptor(pid_t pid, int fd) {
  long handle = syscall(SYS_pidfd_open, pid, 0);
  return handle < 0 ? -1 : syscall(SYS_pidfd_getfd, handle, fd, 0);
}

int main(void) {
  ATTEMPT("ptrace-me", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
  ATTEMPT("ptrace-parent", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
  ATTEMPT("ptrace-seize-init", ptrace(PTRACE_SEIZE, 1, NULL, NULL));
  ATTEMPT("process_vm_readv", read_memory(getpid(), secret));
  ATTEMPT("process_vm_readv-init", read_memory(1, secret));
  ATTEMPT("process_vm_writev", write_memory(getpid()));
  ATTEMPT("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 1, 1, 2));
  ATTEMPT("kcmp-init", syscall(SYS_kcmp, getpid(), 1, 0, 1, 1));
  ATTEMPT("pidfd_getfd-init", steal_descriptor(1, 0));
  return 0;
}
