/* Ruby as a fork server. */
#ifndef CODEEXEC_WARM_RUBY_H
#define CODEEXEC_WARM_RUBY_H

#include <stdbool.h>

bool ruby_is_here(void);
/* Its program's file was opened as `fd`. */
void ruby_opened(int fd);
/* Called now and then, on its way between opening the program and reading it. */
void ruby_passes_by(void);
/* True when this reading is that of the program, after everything else. */
bool ruby_is_at_program(int fd, const void *buffer);

/* In the program. */
void ruby_open_program(const char *entry);
/* What Ruby does in a child that it has forked itself: threads, clocks, random numbers. */
void ruby_after_fork(void);
void ruby_add_arguments(char *const *texts, unsigned count);

#endif
