#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t rang;

static void on_alarm(int number) {
    (void)number;
    rang = 1;
}

int main(void) {
    signal(SIGALRM, on_alarm);
    alarm(1);
    while (!rang) pause();
    printf("rang %d\n", getpid() > 0);
    return 0;
}
