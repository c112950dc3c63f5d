/*
 * Descriptors that an interpreter has opened for itself before its fork server begins. A fork shares what they mean
 * with the server and with all its other forks; in each program they are made anew, under the same numbers. The
 * standard streams are the program's own already, and get the flags that the interpreter has given them.
 */
#ifndef CODEEXEC_WARM_DESCRIPTORS_H
#define CODEEXEC_WARM_DESCRIPTORS_H

#include <stdbool.h>

/* Looks at those from 3 up to `end`. False when there is one of a kind that cannot be made anew. */
bool descriptors_note(int end);
/* In the program, before anything else of the interpreter's runs. */
void descriptors_renew(void);
/* When it has its streams. */
void descriptors_mark_streams(void);

#endif
