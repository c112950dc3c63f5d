/*
 * How a fork server makes a program that is the child of another process.
 *
 * Parents cannot be chosen, but who loses his gets the first process of his parent's pid namespace. So the server has
 * a go-between born into the namespace of the sandbox's init process, which forks the program and ends. It shares the
 * server's memory, so that this is copied once only, and the server stands still meanwhile.
 */
#ifndef CODEEXEC_WARM_GO_BETWEEN_H
#define CODEEXEC_WARM_GO_BETWEEN_H

#include <stdbool.h>

/* Once, before the first. Returns false, having said why, where it cannot be done. */
bool go_between_prepare(void);
/*
 * Forks; `init` is a pidfd of the init process, negative if it has ended, `cgroup_fd` the cgroup to be born in, -1 for the
 * server's. True in the program. Where there is none, nobody has its descriptors but the server when this returns in it.
 */
bool go_between_fork(int init, int cgroup_fd);

#endif
