/* The few system calls that an init process makes while its program runs. */
#ifndef CODEEXEC_INIT_FILTER_H
#define CODEEXEC_INIT_FILTER_H

/*
 * Once its report is all that is left: wait for processes, send the report, exit. Anything else ends it, and with it
 * its sandbox. Returns 0 or -errno.
 */
int init_filter_apply(void);

#endif
