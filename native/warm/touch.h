/*
 * A fork shares its memory with the fork server until it writes to it, and then pays for each page with a fault. A
 * program that is parked has the time to take its own copies beforehand.
 */
#ifndef CODEEXEC_WARM_TOUCH_H
#define CODEEXEC_WARM_TOUCH_H

#include <stdint.h>

/* In the server: remembers which pages there are. Returns their bytes, 0 when no copies will be taken. */
uint64_t touch_learn(void);
/* In a program: takes copies of them. */
void touch_all(void);

#endif
