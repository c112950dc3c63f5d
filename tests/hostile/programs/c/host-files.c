/* Opens the files of the host that its arguments name, and those that every host has. Prints what it reads. */
#include "probe.h"

static void try_file(const char *name, const char *path) {
  char buffer[512];
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  if (fd < 0) {
    printf("DENIED %s %s\n", name, strerrorname_np(errno));
    return;
  }
  ssize_t count = read(fd, buffer, sizeof buffer);
  printf("LEAK %s: %.*s\n", name, (int)(count < 0 ? 0 : count), buffer);
}

int main(int count, char **args) {
  static const char *const usual[] = {
      "/etc/shadow", "/etc/gshadow", "/root/.ssh/id_rsa", "/root/.bash_history", "/root/.profile",
      "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/systemd/private",
      "/var/lib/codeexec", "/var/log/syslog", "/etc/ssh/ssh_host_ed25519_key", "/sys/class/net",
  };
  for (int at = 1; at < count; at++) {
    char name[32];
    snprintf(name, sizeof name, "canary-%d", at);
    try_file(name, args[at]);
  }
  for (unsigned at = 0; at < sizeof usual / sizeof *usual; at++)
    try_file(usual[at], usual[at]);
  return 0;
}
