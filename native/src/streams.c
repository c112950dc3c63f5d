#include "sandbox_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PIPE_CHUNK_BYTES (64u * 1024u)
/* Input that was not asked for is dropped rather than kept without end. */
#define STDIN_MAX_BYTES (FRAME_MAX_PAYLOAD)

void stream_pause_or_resume(struct command *command)
{
    uint32_t wanted = command->unacknowledged_bytes < OUTPUT_WINDOW_BYTES ? EPOLLIN : 0;
    watch_change(&command->out.watch, wanted);
    watch_change(&command->err.watch, wanted);
}

/* Reads once. Returns false when there is nothing more to read now. */
static bool read_output(struct sandbox *sandbox, struct stream *stream, enum event_type type)
{
    struct command *command = &sandbox->command;
    uint8_t *at = outbox_reserve(sandbox_events, FRAME_HEADER_BYTES + PIPE_CHUNK_BYTES);
    ssize_t got = read(stream->watch.fd, at + FRAME_HEADER_BYTES, PIPE_CHUNK_BYTES);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        /* Nobody is left to write, so empty means ended. */
        if (command->reaped) watch_close(&stream->watch);
        return false;
    }
    if (got <= 0) { /* a terminal whose last user has gone answers EIO */
        watch_close(&stream->watch);
        return false;
    }
    uint64_t allowed = command->request.output_bytes - stream->sent_bytes;
    size_t size = (uint64_t)got > allowed ? (size_t)allowed : (size_t)got;
    if (size > 0) {
        memset(at, 0, FRAME_HEADER_BYTES);
        store_u32(at, (uint32_t)size);
        at[4] = (uint8_t)type;
        store_u32(at + 8, sandbox->id);
        outbox_commit(sandbox_events, FRAME_HEADER_BYTES + size);
        stream->sent_bytes += size;
        command->unacknowledged_bytes += size;
    }
    if (size < (size_t)got) {
        stream->truncated = true;
        /* Also when the program has ended by itself meanwhile: it wrote more than it was allowed. */
        if (command->stop_reason == STOP_NONE && !command->failed) command->stop_reason = STOP_OUTPUT;
        sandbox_stop(sandbox, STOP_OUTPUT);
        watch_close(&stream->watch);
        return false;
    }
    return true;
}

void stream_output_ready(struct sandbox *sandbox, struct stream *stream, enum event_type type)
{
    struct command *command = &sandbox->command;
    /* After the end everything is taken at once; while it runs, one chunk a turn, so that streams take turns. */
    while (command->unacknowledged_bytes < OUTPUT_WINDOW_BYTES && read_output(sandbox, stream, type) && command->reaped)
        continue;
    stream_pause_or_resume(command);
}

void stream_out_ready(struct watch *watch, uint32_t ready)
{
    (void)ready;
    struct sandbox *sandbox = watch->owner;
    stream_output_ready(sandbox, &sandbox->command.out, EV_STDOUT);
    sandbox_advance(sandbox);
}

void stream_err_ready(struct watch *watch, uint32_t ready)
{
    (void)ready;
    struct sandbox *sandbox = watch->owner;
    stream_output_ready(sandbox, &sandbox->command.err, EV_STDERR);
    sandbox_advance(sandbox);
}

static void tell_input_taken(struct sandbox *sandbox, size_t size)
{
    if (!(sandbox->command.request.flags & RUN_INTERACTIVE) || size == 0) return;
    struct frame frame = frame_begin(sandbox_events, EV_STDIN_TAKEN, sandbox->id);
    put_u32(&frame, (uint32_t)size);
    frame_end(&frame);
}

static void drop_input(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    tell_input_taken(sandbox, outbox_pending(&command->input_bytes));
    outbox_free(&command->input_bytes);
    watch_close(&command->input);
}

void stream_feed_input(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    struct outbox *bytes = &command->input_bytes;
    while (command->input.fd >= 0 && outbox_pending(bytes) > 0) {
        ssize_t written = write(command->input.fd, bytes->data + bytes->start, outbox_pending(bytes));
        if (written < 0 && errno == EAGAIN) {
            watch_change(&command->input, EPOLLOUT);
            return;
        }
        if (written < 0) { /* nobody reads any more; that is the program's right */
            drop_input(sandbox);
            return;
        }
        outbox_consume(bytes, (size_t)written);
        tell_input_taken(sandbox, (size_t)written);
    }
    watch_change(&command->input, 0);
    if (command->input_ending) drop_input(sandbox);
}

void stream_input_ready(struct watch *watch, uint32_t ready)
{
    struct sandbox *sandbox = watch->owner;
    if (ready & (EPOLLERR | EPOLLHUP)) drop_input(sandbox);
    else stream_feed_input(sandbox);
}

void stream_add_input(struct sandbox *sandbox, const uint8_t *data, size_t size)
{
    struct command *command = &sandbox->command;
    if (!command->active || command->reaped || command->input_ending ||
        outbox_pending(&command->input_bytes) + size > STDIN_MAX_BYTES) {
        tell_input_taken(sandbox, size);
        return;
    }
    if (size > 0) memcpy(outbox_reserve(&command->input_bytes, size), data, size);
    outbox_commit(&command->input_bytes, size);
}

/* A terminal has no end of input but the character that means it. */
void stream_end_input(struct sandbox *sandbox)
{
    if (sandbox->command.request.flags & RUN_TTY) stream_add_input(sandbox, (const uint8_t *)"\004", 1);
    else sandbox->command.input_ending = true;
}
