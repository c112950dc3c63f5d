/* The payloads of REQ_OPEN and REQ_RUN, parsed. They point into the frame they were parsed from. */
#ifndef CODEEXEC_REQUEST_H
#define CODEEXEC_REQUEST_H

#include "protocol.h"

#define MAX_ARGUMENTS 4096u
#define MAX_VARIABLES 1024u
#define MAX_FILES 65536u

/* Where a file goes: sources are root's, what was compiled is the program's own. */
enum place { PLACE_BOX = 0, PLACE_OUT = 1, PLACE_OUT_EXECUTABLE = 2, PLACE_LAST = PLACE_OUT_EXECUTABLE };

struct open_request {
    struct bytes image;
    uint64_t file_system_bytes;
    uint32_t inodes;
    uint32_t file_count;
    struct reader files; /* positioned before the first of `file_count` {u32 place, string name, string content} */
};

struct run_request {
    uint64_t wall_ns, cpu_ns, memory_bytes, output_bytes, file_bytes, stack_bytes;
    uint32_t processes, cpu_milli;
    uint32_t flags; /* enum run_flags */
    uint32_t cols, rows;
    struct bytes cwd; /* relative to /box, may be empty */
    uint32_t argument_count;
    struct reader arguments;
    uint32_t variable_count;
    struct reader variables; /* `NAME=value` each */
    struct bytes stdin_bytes;
};

struct release_request {
    uint64_t wall_ns, cpu_ns, memory_bytes, output_bytes; /* the limit on file sizes stays as it was */
    uint32_t processes, cpu_milli;
    uint32_t flags; /* enum run_flags; only RUN_INTERACTIVE may be added */
    uint64_t file_system_bytes;
    uint32_t file_count;
    struct reader files; /* positioned before the first of `file_count` {u32 place, string name, string content} */
    struct bytes stdin_bytes; /* what the held program reads as its task, then the program's own input */
};

/* All return false when the payload is not of that form. */
bool parse_open(const void *payload, size_t size, struct open_request *request);
bool parse_run(const void *payload, size_t size, struct run_request *request);
bool parse_release(const void *payload, size_t size, struct release_request *request);
/*
 * Memory that the files of the request take where a compiler's are among them: as much as an earlier command of the
 * sandbox would have left, had it been compiled there. 0 where there are sources only, which count as any file.
 */
uint64_t open_request_kept_bytes(const struct open_request *request);
/* A relative path of non-empty components other than `.` and `..`. */
bool path_is_safe(struct bytes path);

#endif
