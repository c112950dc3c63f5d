/* The same calls through the doors that a filter for 64-bit numbers does not watch. */
#include "probe.h"

static long call32(int number, long first) {
#ifdef __x86_64__
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
  if (result < 0 && result > -4096) {
    errno = (int)-result;
    return -1;
  }
  return result;
#else
  (void)number, (void)first;
  errno = ENOSYS;
  return -1;
#endif
}

int main(void) {
  ATTEMPT("int80-getpid", call32(20, 0));
  ATTEMPT("int80-unshare", call32(310, 0x10000000));
  ATTEMPT("int80-personality", call32(136, 0x0040000));
  ATTEMPT("x32-getpid", syscall(0x40000000 + 39));
  ATTEMPT("x32-ptrace", syscall(0x40000000 + 521, 0, 0, 0, 0));
  ATTEMPT("x32-unshare", syscall(0x40000000 + 272, 0x10000000));
  ATTEMPT("beyond-the-table", syscall(100000));
  return 0;
}
