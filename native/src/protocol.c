#include "protocol.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

struct reader reader_of(const void *data, size_t size)
{
    return (struct reader){.data = data, .size = size, .at = 0, .failed = false};
}

static const uint8_t *take(struct reader *reader, size_t size)
{
    if (reader->failed || reader->size - reader->at < size) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *at = reader->data + reader->at;
    reader->at += size;
    return at;
}

uint32_t load_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void store_u32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i));
}

uint32_t read_u32(struct reader *reader)
{
    const uint8_t *at = take(reader, 4);
    return at ? load_u32(at) : 0;
}

uint64_t read_u64(struct reader *reader)
{
    uint64_t low = read_u32(reader);
    uint64_t high = read_u32(reader);
    return low | high << 32;
}

struct bytes read_bytes(struct reader *reader)
{
    size_t size = read_u32(reader);
    const uint8_t *at = take(reader, size);
    if (!at) return (struct bytes){.data = (const uint8_t *)"", .size = 0};
    return (struct bytes){.data = at, .size = size};
}

struct bytes read_string(struct reader *reader)
{
    struct bytes string = read_bytes(reader);
    if (string.size > 0 && memchr(string.data, 0, string.size)) reader->failed = true;
    return string;
}

bool reader_done(const struct reader *reader)
{
    return !reader->failed && reader->at == reader->size;
}

size_t outbox_pending(const struct outbox *outbox)
{
    return outbox->end - outbox->start;
}

uint8_t *outbox_reserve(struct outbox *outbox, size_t size)
{
    if (outbox->start == outbox->end) outbox->start = outbox->end = 0;
    if (outbox->capacity - outbox->end < size) {
        size_t pending = outbox_pending(outbox);
        if (outbox->start > 0 && pending <= outbox->start) {
            memcpy(outbox->data, outbox->data + outbox->start, pending);
            outbox->start = 0;
            outbox->end = pending;
        }
        if (outbox->capacity - outbox->end < size) {
            size_t capacity = outbox->capacity ? outbox->capacity : 256u * 1024u;
            while (capacity - outbox->end < size) capacity *= 2;
            outbox->data = checked_realloc(outbox->data, capacity);
            outbox->capacity = capacity;
        }
    }
    return outbox->data + outbox->end;
}

void outbox_commit(struct outbox *outbox, size_t size)
{
    outbox->end += size;
}

void outbox_consume(struct outbox *outbox, size_t size)
{
    outbox->start += size;
}

void outbox_free(struct outbox *outbox)
{
    free(outbox->data);
    *outbox = (struct outbox){0};
}

struct frame frame_begin(struct outbox *outbox, enum event_type type, uint32_t id)
{
    uint8_t *at = outbox_reserve(outbox, FRAME_HEADER_BYTES);
    memset(at, 0, FRAME_HEADER_BYTES);
    at[4] = (uint8_t)type;
    store_u32(at + 8, id);
    outbox_commit(outbox, FRAME_HEADER_BYTES);
    /* Relative to the start, because reserving more may move what is pending. */
    return (struct frame){.outbox = outbox, .header_at = outbox->end - FRAME_HEADER_BYTES - outbox->start};
}

void put_u32(struct frame *frame, uint32_t value)
{
    store_u32(outbox_reserve(frame->outbox, 4), value);
    outbox_commit(frame->outbox, 4);
}

void put_u64(struct frame *frame, uint64_t value)
{
    put_u32(frame, (uint32_t)value);
    put_u32(frame, (uint32_t)(value >> 32));
}

void put_string(struct frame *frame, const char *text)
{
    size_t size = strlen(text);
    put_u32(frame, (uint32_t)size);
    if (size == 0) return;
    memcpy(outbox_reserve(frame->outbox, size), text, size);
    outbox_commit(frame->outbox, size);
}

void frame_end(struct frame *frame)
{
    struct outbox *outbox = frame->outbox;
    uint8_t *header = outbox->data + outbox->start + frame->header_at;
    store_u32(header, (uint32_t)(outbox->data + outbox->end - header - (ptrdiff_t)FRAME_HEADER_BYTES));
}
