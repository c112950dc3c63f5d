/* What there is in Python's memory that would do something when it is taken apart. */
#ifndef CODEEXEC_WARM_PYTHON_HEAP_H
#define CODEEXEC_WARM_PYTHON_HEAP_H

#include <stdbool.h>

/*
 * In the server: finds the collector's lists and what is in them before any program. False where they are not as
 * known; with the interpreter's lock held, like the next.
 */
bool python_heap_learn(void);
/*
 * In a program: whether nothing of what it has made would run its code, write, or warn when it goes: no object with a
 * finalizer, no weak reference with a callback, nobody who listens to the collector. Changes nothing.
 */
bool python_heap_is_silent(void);

#endif
