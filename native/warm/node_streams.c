#include "node_streams.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mappings.h"

#define STREAMS 3

/* Where Node keeps what fstat has said of each. */
static struct stat *noted[STREAMS];

bool node_streams_find(void)
{
    struct range data = mappings_data();
    for (int fd = 0; fd < STREAMS; fd++) {
        struct stat stream;
        unsigned found = 0;
        if (fstat(fd, &stream) < 0) return false;
        for (uintptr_t at = data.start; at + sizeof stream <= data.end; at += sizeof(uint64_t)) {
            struct stat *candidate = (struct stat *)at;
            if (candidate->st_dev != stream.st_dev || candidate->st_ino != stream.st_ino ||
                candidate->st_mode != stream.st_mode)
                continue;
            /* Two streams may be one file; they are noted in their order. */
            if (fd > 0 && candidate <= noted[fd - 1]) continue;
            if (found++ == 0) noted[fd] = candidate;
        }
        if (found == 0) return false;
    }
    return true;
}

void node_streams_renew(void)
{
    for (int fd = 0; fd < STREAMS; fd++)
        if (fstat(fd, noted[fd]) < 0) memset(noted[fd], 0, sizeof *noted[fd]);
}
