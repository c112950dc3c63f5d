/* The payloads of REQ_OPEN and REQ_RUN, parsed. They point into the frame they were parsed from. */
#ifndef CODEEXEC_REQUEST_H
#define CODEEXEC_REQUEST_H

#include "protocol.h"

#define MAX_ARGUMENTS 4096u
#define MAX_VARIABLES 1024u
#define MAX_FILES 65536u

struct open_request {
    struct bytes image;
    uint64_t file_system_bytes;
    uint32_t inodes;
    uint32_t file_count;
    struct reader files; /* positioned before the first of `file_count` {string name, string content} */
};

struct run_request {
    uint64_t wall_ns, cpu_ns, memory_bytes, output_bytes, file_bytes;
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

/* All return false when the payload is not of that form. */
bool parse_open(const void *payload, size_t size, struct open_request *request);
bool parse_run(const void *payload, size_t size, struct run_request *request);
/* A relative path of non-empty components other than `.` and `..`. */
bool path_is_safe(struct bytes path);

#endif
