/*
 * The threads of an interpreter that becomes a fork server. A fork takes along the calling thread only, so the others
 * are ended when the server begins, where they wait, and made again in each program to go on from there: on their own
 * stacks, with their own registers, names and signal masks.
 */
#ifndef CODEEXEC_WARM_THREADS_H
#define CODEEXEC_WARM_THREADS_H

#include <stdbool.h>
#include <sys/types.h>

/* Waits until all threads but this one wait for something, and ends them. False where that cannot be done. */
bool threads_keep(void);
/* How many are kept. */
unsigned threads_kept(void);
/* Forks, for the program. The C library's own would give up the stacks of threads that are gone. */
pid_t threads_fork(void);
/* In the program: makes them again. */
void threads_resume(void);

#endif
