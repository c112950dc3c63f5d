/* The network as this program has it: loopback, and nothing that leads anywhere. */
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static void check(const char *source, const char *name) {
  printf("%s %s %s\n", strcmp(name, "lo") == 0 ? "interface" : "LEAK interface", source, name);
}

int main(void) {
  static char line[512];
  char name[64];
  FILE *file = fopen("/proc/net/dev", "r");
  for (int number = 0; file != NULL && fgets(line, sizeof line, file) != NULL; number++)
    if (number >= 2 && sscanf(line, " %63[^:]:", name) == 1) check("proc", name);
  struct if_nameindex *all = if_nameindex();
  for (struct if_nameindex *one = all; one != NULL && one->if_name != NULL; one++) check("index", one->if_name);
  struct ifaddrs *addresses = NULL;
  if (getifaddrs(&addresses) == 0)
    for (struct ifaddrs *one = addresses; one != NULL; one = one->ifa_next) check("address", one->ifa_name);
  file = fopen("/proc/net/route", "r");
  for (int number = 0; file != NULL && fgets(line, sizeof line, file) != NULL; number++)
    if (number >= 1 && strncmp(line, "lo", 2) != 0) printf("LEAK route %s", line);
  puts("looked");
  return 0;
}
