/*
 * What a sandbox's commands have left, for the service to keep: only where all of it can be given to another sandbox
 * as files of REQ_OPEN so that no program could tell.
 *
 * It is read by the supervisor when everything that could change it is gone: one name at a time below an open folder,
 * never through a link, and only regular files of a tmpfs, so nothing is followed and nothing blocks.
 */
#ifndef CODEEXEC_COLLECT_H
#define CODEEXEC_COLLECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol.h"

/*
 * Adds {u32 executable, string name, string content} of every file of `out`, in order of their making. `folders` is
 * the folder that box, out, tmp and shm are in; `uid` the program's.
 *
 * Returns false where there is anything else: another kind of file, mode, date or owner, a second name, attributes,
 * an empty folder, a file outside `out`, or more than `most_bytes`. What was added then means nothing.
 */
bool collect_artefacts(struct frame *frame, int folders, uid_t uid, uint64_t most_bytes);

#endif
