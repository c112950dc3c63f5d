/*
 * What an interpreter keeps of its arguments, told of those that the launch adds. Each looks for the interpreter's
 * own public functions and does nothing where they are not: the library is the same for all.
 */
#ifndef CODEEXEC_WARM_RUNTIME_H
#define CODEEXEC_WARM_RUNTIME_H

/* True when the interpreter of this process is of that kind. */
int python_is_here(void);
void python_add_arguments(char *const *arguments, unsigned count);

int ruby_is_here(void);
void ruby_add_arguments(char *const *arguments, unsigned count);
/* What Ruby does after a fork of its own, and what a start would have drawn at random. */
void ruby_after_fork(void);

#endif
