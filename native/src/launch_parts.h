/* What the init process (launch.c) and the program (program.c) of a launch share. */
#ifndef CODEEXEC_LAUNCH_PARTS_H
#define CODEEXEC_LAUNCH_PARTS_H

#include "launch.h"

/* Above the range that descriptors move into, so that none overwrites another. */
#define LAUNCH_MOVED_FD 40

/* Where the report socket stays, out of the way of the program's streams. */
extern int launch_report_fd;

void launch_report(const struct report *message);
/* Moves a descriptor to that number. */
bool launch_keep_as(int fd, int number);
/* Where the socket between init process and program is kept: the link, and a parked launch's. */
int launch_park_fd(void);

#endif
