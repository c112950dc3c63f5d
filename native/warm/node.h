/*
 * Node.js as a fork server. It is stopped where it first asks for its program's file: it has bootstrapped, and has
 * neither looked for a package.json nor decided how the program is to be loaded.
 */
#ifndef CODEEXEC_WARM_NODE_H
#define CODEEXEC_WARM_NODE_H

#include <stdbool.h>
#include <sys/types.h>

bool node_is_here(void);
/* Makes it fit to be forked; `own_fds` as in struct launch_from_server. False where it cannot be, said in the log. */
bool node_keep(int own_fds);
pid_t node_fork(void);
/* In the program: what can be done before it has its task. */
void node_prepare(void);
/* In the program, before anything else of Node's runs. */
void node_after_fork(void);
void node_add_arguments(char *const *arguments, unsigned count);

#endif
