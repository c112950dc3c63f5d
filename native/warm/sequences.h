/* The C library's restartable sequences, which the kernel forgets where memory is shared. */
#ifndef CODEEXEC_WARM_SEQUENCES_H
#define CODEEXEC_WARM_SEQUENCES_H

#include <stdint.h>

/* Registers the area of the calling thread, whose thread pointer is given, if the C library believes that it is. */
void sequences_register(uintptr_t thread_pointer);

#endif
