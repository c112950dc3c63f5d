/*
 * Ruby opens its program early, to see whether the first line asks for options, then loads its own libraries, and
 * reads the program only after that. So its fork server has a file of one byte to open, is stopped at the reading
 * that follows, and by then must have forgotten that byte.
 */
#include "ruby.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "symbols.h"
#include "util.h"

typedef uintptr_t ruby_value;

static struct {
    void *(*with_lock)(void *(*)(void *), void *);   /* rb_thread_call_with_gvl */
    void (*after_fork)(void);                        /* rb_thread_atfork */
    ruby_value (*get_arguments)(void);               /* rb_get_argv */
    ruby_value (*string)(const char *);              /* rb_external_str_new_cstr */
    ruby_value (*freeze)(ruby_value);                /* rb_obj_freeze */
    ruby_value (*push)(ruby_value, ruby_value);      /* rb_ary_push */
} ruby;

static enum { UNOPENED, OPENED, BUFFERED, FORGOTTEN } stage;
static int program_fd = -1;
static const void *read_buffer;

bool ruby_is_here(void)
{
    if (ruby.push) return true;
    return symbol_find("rb_thread_call_with_gvl", &ruby.with_lock) &&
           symbol_find("rb_thread_atfork", &ruby.after_fork) && symbol_find("rb_get_argv", &ruby.get_arguments) &&
           symbol_find("rb_external_str_new_cstr", &ruby.string) && symbol_find("rb_obj_freeze", &ruby.freeze) &&
           symbol_find("rb_ary_push", &ruby.push);
}

/* ---- before the fork ---- */

/* `struct rb_io_internal_buffer` of ruby/io.h, which is packed and lies in a larger one at any multiple of four. */
struct __attribute__((packed)) io_buffer {
    const void *bytes;
    int offset, length, capacity;
};

/*
 * Looks for the one buffer object that holds the byte which was read. In the heap only: reading the large mappings that
 * Ruby reserves would fill their page tables, for every fork to copy.
 */
static struct io_buffer *find_buffer(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    struct io_buffer *found = NULL;
    unsigned matches = 0;
    char line[512];
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t start, end;
        char rights[5], name[256] = "";
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %*s %255s", &start, &end, rights, name) < 3) continue;
        if (strcmp(rights, "rw-p") != 0 || strcmp(name, "[heap]") != 0) continue;
        for (uintptr_t at = start; at + sizeof(struct io_buffer) <= end; at += 4) {
            struct io_buffer candidate;
            memcpy(&candidate, (const void *)at, sizeof candidate);
            if (candidate.bytes != read_buffer || candidate.offset != 0 || candidate.length != 1) continue;
            found = (struct io_buffer *)at;
            matches++;
        }
    }
    if (maps) fclose(maps);
    return matches == 1 ? found : NULL;
}

void ruby_opened(int fd)
{
    if (stage != UNOPENED || fd < 0) return;
    stage = OPENED;
    program_fd = fd;
}

void ruby_passes_by(void)
{
    if (stage != BUFFERED) return;
    int error = errno;
    stage = FORGOTTEN; /* first, as looking comes by here as well */
    struct io_buffer *buffer = find_buffer();
    if (buffer) {
        buffer->length = 0;
    } else {
        log_line("this Ruby cannot be made to forget what it has read; it cannot be a fork server");
        _exit(1);
    }
    errno = error;
}

bool ruby_is_at_program(int fd, const void *buffer)
{
    if (fd != program_fd || fd < 0) return false;
    if (stage == FORGOTTEN) return true;
    stage = BUFFERED;
    read_buffer = buffer;
    return false;
}

/* ---- in the program ---- */

void ruby_open_program(const char *entry)
{
    int file = open(entry, O_RDONLY | O_CLOEXEC);
    /* In the place of the file that was opened before there was a program. */
    if (file < 0 || dup3(file, program_fd, O_CLOEXEC) < 0) _exit(1);
    close(file);
    program_fd = -1;
}

static void *renew(void *unused)
{
    (void)unused;
    ruby.after_fork();
    return NULL;
}

void ruby_after_fork(void)
{
    /* It has let go of its lock for the reading. */
    ruby.with_lock(renew, NULL);
}

struct arguments {
    char *const *texts;
    unsigned count;
};

static void *push_arguments(void *data)
{
    const struct arguments *arguments = data;
    ruby_value list = ruby.get_arguments();
    for (unsigned i = 0; i < arguments->count; i++) ruby.push(list, ruby.freeze(ruby.string(arguments->texts[i])));
    return NULL;
}

void ruby_add_arguments(char *const *texts, unsigned count)
{
    struct arguments arguments = {texts, count};
    ruby.with_lock(push_arguments, &arguments);
}
