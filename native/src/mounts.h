/* The sandbox's own mounts, made by its init process inside its copy of the image's mount namespace. */
#ifndef CODEEXEC_MOUNTS_H
#define CODEEXEC_MOUNTS_H

#include <sys/types.h>

#include "request.h"

/* All return the step that failed, with errno set, or NULL. */
const char *mounts_make_writable(const struct open_request *request);
/* Puts layers over the writable folders, so that what was there stays as it is and what is changed is forgotten. */
const char *mounts_make_ephemeral(const struct open_request *request);
/* `files` is positioned before the first of `count` files of a request; what is compiled will be `uid`'s. */
const char *mounts_write_files(struct reader files, uint32_t count, uid_t uid);
/* For a program that was held: the size its files may have in the end. */
const char *mounts_resize_writable(uint64_t file_system_bytes);
const char *mounts_make_proc(void);
/* A terminal of its own devpts: the controlling side, and the path of the other in `path`. */
const char *mounts_make_terminal(uid_t uid, int *controller, char *path, size_t path_size);

#endif
