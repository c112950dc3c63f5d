/* What the list of mounts tells of the host: nothing of its folders, its disks or its control groups. */
#include <stdio.h>
#include <string.h>

static int suspicious(char *line) {
  /* That the kernel's list of controllers is covered tells nothing; all else of that line is looked at. */
  static const char covered[] = " /proc/cgroups ";
  char *cover = strstr(line, covered);
  if (cover != NULL) memset(cover, ' ', sizeof covered - 1);
  static const char *const words[] = {"/dev/vd", "/dev/sd", "/dev/nvme", "cgroup", "sysfs", "debugfs", "securityfs",
                                      "/var/lib/", "/home", "binfmt", "hostile"};
  for (unsigned at = 0; at < sizeof words / sizeof *words; at++)
    if (strstr(line, words[at]) != NULL) return 1;
  return 0;
}

int main(void) {
  static const char *const files[] = {"/proc/self/mountinfo", "/proc/self/mounts", "/proc/self/mountstats"};
  static char line[16384];
  for (unsigned at = 0; at < sizeof files / sizeof *files; at++) {
    FILE *file = fopen(files[at], "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
      if (suspicious(line)) printf("LEAK %s: %s", files[at], line);
    if (file != NULL) fclose(file);
  }
  FILE *file = fopen("/proc/self/cgroup", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (strcmp(strrchr(line, ':'), ":/\n") != 0) printf("LEAK cgroup: %s", line);
  puts("looked");
  return 0;
}
