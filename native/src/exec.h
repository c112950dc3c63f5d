/* The last steps before a program's execve. */
#ifndef CODEEXEC_EXEC_H
#define CODEEXEC_EXEC_H

/* Looks the first argument up in PATH of `environment`. Returns only when nothing could be executed, errno set. */
void execute(char **arguments, char **environment);
/* Default dispositions, nothing blocked. */
void reset_signals(void);

#endif
