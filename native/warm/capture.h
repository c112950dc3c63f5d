/* The C library functions that stand before its own. */
#ifndef CODEEXEC_WARM_CAPTURE_H
#define CODEEXEC_WARM_CAPTURE_H

/*
 * Looks all of them up, which takes the linker's lock: a child that a program with threads has forked, and that has not
 * executed anything yet, must not have to wait for it.
 */
void capture_look_up(void);

#endif
