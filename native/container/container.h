/*
 * The agent: process 1 of a container that runs one command. It speaks the supervisor's protocol (src/protocol.h)
 * over its standard streams, so that the service sees no difference, and shares the supervisor's code for streams,
 * limits and evidence (src/sandbox.c). What the supervisor does with the kernel, the container engine has done here.
 */
#ifndef CODEEXEC_CONTAINER_H
#define CODEEXEC_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../src/protocol.h"

/* `uid` is the program's. */
void container_start(uid_t uid);
uid_t container_uid(void);
/* Reaps what has ended; with the program everything else is ended too. */
void container_reap(void);
bool container_runs(void);
/* Ends the program as having met its memory limit. */
void container_end_for_memory(void);
/* Whose the files are that are made next. Until the program runs, root's or the program's. */
void container_write_as(uid_t uid);

/* counters.c: what the kernel counts for this container, read from the control groups shown inside it. */
void container_counters_open(void);
/* Just before the program is forked, and when all its processes are gone. */
void container_counters_begin(void);
void container_counters_end(void);
/* True once the kernel has killed for lack of memory. */
bool container_out_of_memory(void);
/* Whether somebody is charged with network buffers. */
bool container_charges_sockets(void);
/* Which of the counters this container can see, as JSON. */
void container_describe(char *text, size_t size);

/* files.c: the writable folders, record by record; the same records bring files in and take them out. */
/* Opens the folders to everybody. Returns NULL, or the one that cannot be, with errno set. */
const char *files_start(void);
/* Returns NULL, or the step that failed with errno set. */
const char *files_place(const uint8_t *payload, size_t size);
/* Completes the last file; called before the program starts. */
void files_placed(void);
/* Hands every record of what the program left to `emit`, in an order that files_place accepts. */
void files_collect(void (*emit)(const uint8_t *record, size_t size));

#endif
