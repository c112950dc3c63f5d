#include "request.h"

#include <limits.h>
#include <string.h>

#define PAGE_BYTES 4096u

bool path_is_safe(struct bytes path)
{
    if (path.size == 0 || path.size >= PATH_MAX) return false;
    size_t start = 0;
    for (size_t at = 0; at <= path.size; at++) {
        if (at < path.size && path.data[at] != '/') continue;
        size_t size = at - start;
        const uint8_t *component = path.data + start;
        if (size == 0 || size > NAME_MAX) return false;
        if (component[0] == '.' && (size == 1 || (size == 2 && component[1] == '.'))) return false;
        start = at + 1;
    }
    return true;
}

static void skip_files(struct reader *reader, uint32_t count)
{
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        if (read_u32(reader) > PLACE_LAST || !path_is_safe(read_string(reader))) reader->failed = true;
        read_bytes(reader);
    }
}

bool parse_open(const void *payload, size_t size, struct open_request *request)
{
    struct reader reader = reader_of(payload, size);
    request->image = read_string(&reader);
    request->file_system_bytes = read_u64(&reader);
    request->inodes = read_u32(&reader);
    request->file_count = read_u32(&reader);
    request->files = reader;
    if (request->file_count > MAX_FILES) return false;
    skip_files(&reader, request->file_count);
    return reader_done(&reader);
}

bool parse_release(const void *payload, size_t size, struct release_request *request)
{
    struct reader reader = reader_of(payload, size);
    request->wall_ns = read_u64(&reader);
    request->cpu_ns = read_u64(&reader);
    request->memory_bytes = read_u64(&reader);
    request->output_bytes = read_u64(&reader);
    request->processes = read_u32(&reader);
    request->cpu_milli = read_u32(&reader);
    request->flags = read_u32(&reader);
    request->file_system_bytes = read_u64(&reader);
    request->stdin_bytes = read_bytes(&reader);
    request->file_count = read_u32(&reader);
    request->files = reader;
    if (request->file_count > MAX_FILES) return false;
    skip_files(&reader, request->file_count);
    return reader_done(&reader);
}

static struct reader skip_strings(struct reader *reader, uint32_t count)
{
    struct reader start = *reader;
    for (uint32_t i = 0; i < count && !reader->failed; i++) read_string(reader);
    return start;
}

bool parse_run(const void *payload, size_t size, struct run_request *request)
{
    struct reader reader = reader_of(payload, size);
    request->wall_ns = read_u64(&reader);
    request->cpu_ns = read_u64(&reader);
    request->memory_bytes = read_u64(&reader);
    request->output_bytes = read_u64(&reader);
    request->file_bytes = read_u64(&reader);
    request->stack_bytes = read_u64(&reader);
    request->processes = read_u32(&reader);
    request->cpu_milli = read_u32(&reader);
    request->flags = read_u32(&reader);
    request->cols = read_u32(&reader);
    request->rows = read_u32(&reader);
    request->cwd = read_string(&reader);
    if (request->cwd.size > 0 && !path_is_safe(request->cwd)) return false;
    request->argument_count = read_u32(&reader);
    if (request->argument_count == 0 || request->argument_count > MAX_ARGUMENTS) return false;
    request->arguments = skip_strings(&reader, request->argument_count);
    request->variable_count = read_u32(&reader);
    if (request->variable_count > MAX_VARIABLES) return false;
    request->variables = skip_strings(&reader, request->variable_count);
    request->stdin_bytes = read_bytes(&reader);
    return reader_done(&reader);
}

uint64_t open_request_kept_bytes(const struct open_request *request)
{
    struct reader files = request->files;
    uint64_t bytes = 0;
    bool has_artefacts = false;
    for (uint32_t i = 0; i < request->file_count; i++) {
        if (read_u32(&files) != PLACE_BOX) has_artefacts = true;
        read_string(&files);
        bytes += (read_bytes(&files).size + PAGE_BYTES - 1) & ~(uint64_t)(PAGE_BYTES - 1);
    }
    return has_artefacts ? bytes : 0;
}
