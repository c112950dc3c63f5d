/*
 * Parked launches: init process and program wait, sealed, until a request comes that they fit. It lies in the slot's
 * region as the request of any launch does. The init process writes the sources, gives its privileges up and hands the
 * region on; the program reads from it what to execute.
 */
#ifndef CODEEXEC_PARKED_H
#define CODEEXEC_PARKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "request.h"

struct parked_release {
    uint64_t open_size, run_size;
    /* What the init process has used so far, from it to the program. */
    uint64_t init_cpu_ns;
};

/* The supervisor's side. Returns 0 or -errno. */
int parked_release(int report_fd, int region_fd, size_t open_size, size_t run_size);
/*
 * The init process's side: waits for the release, or for the program's end, and writes the sources. `made_bytes` is
 * what the writable folders were made to hold.
 * Returns the step that failed, with errno set, or NULL; `*region_fd` stays -1 when the program has ended.
 */
const char *parked_await(int report_fd, pid_t program, uid_t uid, uint64_t made_bytes, struct parked_release *release,
                         int *region_fd);
/* The init process to the program. Returns 0 or -errno. */
int parked_hand_on(int park_fd, struct parked_release *release, int region_fd);

struct parked_request {
    struct run_request request;
    uint64_t init_cpu_ns;
    const uint8_t *mapped;
    size_t mapped_size;
};
/* The program's side: waits, and closes the descriptor. Returns NULL or the step that failed. */
const char *parked_take(int park_fd, struct parked_request *taken);

#endif
