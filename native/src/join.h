/*
 * The link: what joins an init process with the program that a fork server makes for it, until the program is there;
 * launch.h says how they meet.
 */
#ifndef CODEEXEC_JOIN_H
#define CODEEXEC_JOIN_H

#include <stdbool.h>
#include <stdint.h>

/* The init process's side, when it begins: tells the fork server which process it is. */
void join_offer(int link);
/* The fork server's side: a pidfd of the init process, negative when that has ended. */
int join_take_offer(int link);
/*
 * The init process's side, when the sandbox is made: lets the program in. True when it is there, as this process's
 * child; false when there will be none, because its fork server or itself has ended.
 */
bool join_let_in(int link, uint64_t init_cpu_ns);
/*
 * The program's side: waits until the sandbox is made and enters the namespaces of `init`, a pidfd. False, having
 * said why, where it cannot; the init process learns of it when the caller ends.
 */
bool join_enter(int link, int init, uint64_t *init_cpu_ns);
/* Then, with privileges still: waits until it is the init process's child and tells it. False where that has ended. */
bool join_arrive(int link);

#endif
