/* Typing on somebody else's terminal. */
#include "probe.h"
#include <sys/ioctl.h>

static int type_on(const char *path) {
  int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  return fd < 0 ? -1 : ioctl(fd, TIOCSTI, " ");
}

int main(void) {
  const char selection = 2;
  ATTEMPT_OBJECT("push-stdin", ioctl(0, TIOCSTI, " "));
  ATTEMPT_OBJECT("push-stdout", ioctl(1, TIOCSTI, " "));
  ATTEMPT_OBJECT("linux-stdin", ioctl(0, TIOCLINUX, &selection));
  ATTEMPT_OBJECT("take-terminal", ioctl(0, TIOCSCTTY, 1));
  ATTEMPT_OBJECT("/dev/tty", type_on("/dev/tty"));
  ATTEMPT_OBJECT("/dev/console", type_on("/dev/console"));
  ATTEMPT_OBJECT("/dev/pts/0", type_on("/dev/pts/0"));
  return 0;
}
