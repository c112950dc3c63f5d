/* JavaScript objects of Node's, and what libuv keeps of the command line. */
#ifndef CODEEXEC_WARM_NODE_OBJECTS_H
#define CODEEXEC_WARM_NODE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

bool node_objects_find(void);
/* Before the fork: loads what nearly every program loads, by its first line of output. */
bool node_objects_load(void);
/* In the program: adds to `process.argv`; the kernel shows `shown` as the arguments. */
void node_objects_add_arguments(char *const *arguments, unsigned count, char *shown, size_t shown_bytes);

#endif
