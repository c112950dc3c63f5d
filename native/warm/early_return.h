/* Returning from a function that somebody else has called, before it is done: what `longjmp` does where there was a
 * `setjmp`. */
#ifndef CODEEXEC_WARM_EARLY_RETURN_H
#define CODEEXEC_WARM_EARLY_RETURN_H

#include <stddef.h>

/*
 * Lets the function that one of `callers` (addresses of functions) has called, and that is at work now, return `value`
 * at once. Returns itself only where that cannot be: no such function is near, or nothing is known of this machine.
 */
void return_early_to(const void *const *callers, size_t count, long value);

#endif
