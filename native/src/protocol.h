/*
 * The protocol between the service and the supervisor: frames over one stream socket, both ways.
 *
 * Frame: u32 payload length, u8 type, 3 bytes zero, u32 id, payload. Integers are little endian. `id` names the
 * sandbox (or the image registration) that the frame is about; the service chooses it. Requests are pipelined:
 * nothing waits for an answer, so a whole execution costs one round trip.
 *
 * A string is u32 length and bytes, without NUL inside. A list is u32 count and that many items.
 */
#ifndef CODEEXEC_PROTOCOL_H
#define CODEEXEC_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER_BYTES 12u
#define FRAME_MAX_PAYLOAD (256u * 1024u * 1024u)
/* Output bytes of one sandbox that may be under way before the service acknowledges some. */
#define OUTPUT_WINDOW_BYTES (256u * 1024u)

enum request_type {
    REQ_IMAGE = 1,   /* string name, list of layer paths (topmost first); answered by EV_IMAGE */
    REQ_OPEN = 2,    /* string image, u64 file system bytes, u32 inodes, list of {u32 place, string name, string content} */
    REQ_RUN = 3,     /* struct run_request, see request.h */
    REQ_STDIN = 4,   /* bytes */
    REQ_STDIN_END = 5,
    REQ_SIGNAL = 6,  /* u32 signal number */
    REQ_RESIZE = 7,  /* u32 cols, u32 rows */
    REQ_ACK = 8,     /* u32 output bytes consumed */
    REQ_KILL = 9,    /* ends the running command with stop reason `cancelled` */
    REQ_DISPOSE = 10, /* answered by EV_DISPOSED when every trace is gone */
    REQ_RELEASE = 11, /* struct release_request, see request.h: to a command that was run with RUN_HELD */
    REQ_USAGE = 12,   /* answered by EV_USAGE while a command runs */
    /* Only in containers (native/container), where a sandbox's files are brought in and taken out again. */
    REQ_RECORD = 13, /* one record of a file, see container/files.c */
    REQ_COLLECT = 14, /* answered by EV_RECORD for all that the program left, then EV_COLLECTED */
    REQ_ARTEFACTS = 15, /* u64 most bytes: between two commands; answered by EV_ARTEFACTS */
    REQ_TURNS = 16, /* answered by EV_TURNS */
    REQ_WARM = 20 /* string image, string entry file, list of arguments, list of variables: keep a fork server */
};

enum event_type {
    EV_READY = 64,   /* string: JSON description of what this host enforces */
    EV_IMAGE = 65,   /* string: empty when the image is ready, else what failed */
    EV_STARTED = 66, /* the program's execve is next */
    EV_STDOUT = 67,  /* bytes */
    EV_STDERR = 68,  /* bytes */
    EV_EXITED = 69,  /* struct exit_event */
    EV_FAILED = 70,  /* i32 errno, string step, string errno name, string message: the platform failed */
    EV_DISPOSED = 71,
    EV_STDIN_TAKEN = 72, /* u32 bytes written to the program's standard input or dropped after its end */
    EV_USAGE = 73,       /* u64 CPU ns, u64 peak memory bytes, of the running command so far */
    EV_RECORD = 74,
    EV_COLLECTED = 75,
    EV_ARTEFACTS = 76, /* u32 1 and what collect.h adds, or u32 0 and nothing of meaning */
    EV_TURNS = 77,     /* u64 ns of the loop's longest turn lately */
    EV_ACTIVITY = 80   /* u32 0: the running command has used no CPU for most of a second; u32 1: it does again */
};

enum stop_reason { STOP_NONE = 0, STOP_CPU = 1, STOP_WALL = 2, STOP_MEMORY = 3, STOP_OUTPUT = 4, STOP_CANCELLED = 5 };

enum run_flags {
    RUN_TTY = 1,
    RUN_INTERACTIVE = 2,
    RUN_EPHEMERAL = 4,
    RUN_HELD = 8,
    RUN_WARM = 16,
    RUN_PARKED = 32,
    RUN_LAST = 64 /* EV_DISPOSED follows its end unasked */
};

/* Bounds-checked reading of a payload. After any failure `failed` stays true and every value reads as zero. */
struct reader {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool failed;
};

struct bytes {
    const uint8_t *data;
    size_t size;
};

struct reader reader_of(const void *data, size_t size);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
/* Bytes with their length before them. */
struct bytes read_bytes(struct reader *reader);
/* As read_bytes, and fails when a NUL is inside. */
struct bytes read_string(struct reader *reader);
bool reader_done(const struct reader *reader);

/* A growing queue of bytes on their way out; taken from the front. */
struct outbox {
    uint8_t *data;
    size_t capacity;
    size_t start;
    size_t end;
};

size_t outbox_pending(const struct outbox *outbox);
/* Makes room for `size` more bytes and returns where to write them; outbox_commit says how many were written. */
uint8_t *outbox_reserve(struct outbox *outbox, size_t size);
void outbox_commit(struct outbox *outbox, size_t size);
void outbox_consume(struct outbox *outbox, size_t size);
void outbox_free(struct outbox *outbox);

/* Builds one frame in an outbox: frame_begin, put_*, frame_end. */
struct frame {
    struct outbox *outbox;
    size_t header_at;
};
struct frame frame_begin(struct outbox *outbox, enum event_type type, uint32_t id);
void put_u32(struct frame *frame, uint32_t value);
void put_u64(struct frame *frame, uint64_t value);
void put_string(struct frame *frame, const char *text);
void frame_end(struct frame *frame);

void store_u32(uint8_t *at, uint32_t value);
uint32_t load_u32(const uint8_t *at);

#endif
