/* System V shared memory: lives without any process that has it attached. */
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
  for (int segments = 0; segments < 128; segments++) {
    int id = shmget(IPC_PRIVATE, 8 << 20, IPC_CREAT | 0600);
    char *area = id < 0 ? (char *)-1 : shmat(id, NULL, 0);
    if (area == (char *)-1) {
      puts("shared memory refused");
      return 1;
    }
    memset(area, 1, 8 << 20);
    shmdt(area);
  }
  puts("LEAK 1 GiB of shared memory");
  return 0;
}
