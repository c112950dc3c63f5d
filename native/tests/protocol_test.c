/* The bounds of the protocol: payloads that end too soon, lie about their sizes, or are random. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "protocol.h"
#include "request.h"

static void reads_what_was_put(void)
{
    struct outbox outbox = {0};
    struct frame frame = frame_begin(&outbox, EV_FAILED, 77);
    put_u32(&frame, 0xdeadbeef);
    put_u64(&frame, 0x0123456789abcdefu);
    put_string(&frame, "step");
    put_string(&frame, "");
    frame_end(&frame);
    const uint8_t *header = outbox.data + outbox.start;
    CHECK(load_u32(header) == outbox_pending(&outbox) - FRAME_HEADER_BYTES);
    CHECK(header[4] == EV_FAILED && load_u32(header + 8) == 77);
    struct reader reader = reader_of(header + FRAME_HEADER_BYTES, load_u32(header));
    CHECK(read_u32(&reader) == 0xdeadbeef);
    CHECK(read_u64(&reader) == 0x0123456789abcdefu);
    struct bytes text = read_string(&reader);
    CHECK(text.size == 4 && memcmp(text.data, "step", 4) == 0);
    CHECK(read_string(&reader).size == 0);
    CHECK(reader_done(&reader));
    outbox_free(&outbox);
}

static void fails_for_good_when_short(void)
{
    static const uint8_t data[] = {9, 0, 0, 0, 'a', 'b'};
    struct reader reader = reader_of(data, sizeof data);
    CHECK(read_bytes(&reader).size == 0);
    CHECK(reader.failed && read_u32(&reader) == 0 && !reader_done(&reader));
    static const uint8_t with_nul[] = {2, 0, 0, 0, 'a', 0};
    reader = reader_of(with_nul, sizeof with_nul);
    read_string(&reader);
    CHECK(reader.failed);
    reader = reader_of(with_nul, sizeof with_nul);
    CHECK(read_bytes(&reader).size == 2 && reader_done(&reader));
}

static void outbox_keeps_order(void)
{
    struct outbox outbox = {0};
    uint32_t written = 0, taken = 0;
    for (unsigned round = 0; round < 20000; round++) {
        size_t size = (size_t)(rand() % 300) * 4;
        for (size_t i = 0; i < size; i += 4) {
            store_u32(outbox_reserve(&outbox, 4), written++);
            outbox_commit(&outbox, 4);
        }
        size_t available = outbox_pending(&outbox) / 4;
        for (size_t left = available ? (size_t)rand() % (available + 1) : 0; left > 0; left--) {
            CHECK(load_u32(outbox.data + outbox.start) == taken++);
            outbox_consume(&outbox, 4);
        }
    }
    CHECK(outbox_pending(&outbox) == (size_t)(written - taken) * 4);
    outbox_free(&outbox);
}

static bool safe(const char *path)
{
    return path_is_safe((struct bytes){.data = (const uint8_t *)path, .size = strlen(path)});
}

static void knows_safe_paths(void)
{
    CHECK(safe("a") && safe("a/b.c") && safe(".hidden") && safe("..a") && safe("a/...") && safe("-x"));
    CHECK(!safe("") && !safe("/a") && !safe("a/") && !safe("a//b") && !safe(".") && !safe("..") && !safe("a/.."));
    CHECK(!safe("a/../b") && !safe("./a") && !safe("../a"));
    char name[300];
    memset(name, 'n', sizeof name);
    CHECK(path_is_safe((struct bytes){.data = (const uint8_t *)name, .size = 255}));
    CHECK(!path_is_safe((struct bytes){.data = (const uint8_t *)name, .size = 256}));
}

static void survives_random_payloads(void)
{
    for (unsigned round = 0; round < 200000; round++) {
        size_t size = (size_t)rand() % 200;
        /* Exactly as large as said, so that the sanitizer sees one byte too many. */
        uint8_t *payload = malloc(size ? size : 1);
        CHECK(payload);
        for (size_t i = 0; i < size; i++) payload[i] = (uint8_t)(rand() % (round % 2 ? 256 : 4));
        struct open_request open_request;
        struct run_request run_request;
        if (parse_open(payload, size, &open_request)) {
            for (uint32_t i = 0; i < open_request.file_count; i++) {
                CHECK(read_u32(&open_request.files) <= PLACE_LAST);
                CHECK(path_is_safe(read_string(&open_request.files)));
                read_bytes(&open_request.files);
            }
            CHECK(reader_done(&open_request.files));
        }
        if (parse_run(payload, size, &run_request)) CHECK(run_request.argument_count > 0);
        free(payload);
    }
}

static size_t put(uint8_t *at, uint32_t value)
{
    store_u32(at, value);
    return 4;
}

static void parses_a_run(void)
{
    uint8_t payload[256];
    size_t size = 0;
    for (uint32_t i = 1; i <= 6; i++) { /* wall, cpu, memory, output, file, stack */
        size += put(payload + size, i * 10);
        size += put(payload + size, i);
    }
    for (uint32_t i = 7; i <= 11; i++) size += put(payload + size, i); /* processes, cpu, flags, cols, rows */
    size += put(payload + size, 3);
    memcpy(payload + size, "a/b", 3);
    size += 3;
    size += put(payload + size, 1);
    size += put(payload + size, 2);
    memcpy(payload + size, "ls", 2);
    size += 2;
    size += put(payload + size, 0);
    size += put(payload + size, 4);
    memcpy(payload + size, "a\0b\n", 4);
    size += 4;
    struct run_request request;
    CHECK(parse_run(payload, size, &request));
    CHECK(request.wall_ns == (10 | (uint64_t)1 << 32) && request.file_bytes == (50 | (uint64_t)5 << 32));
    CHECK(request.stack_bytes == (60 | (uint64_t)6 << 32));
    CHECK(request.processes == 7 && request.cpu_milli == 8 && request.flags == 9 && request.cols == 10 && request.rows == 11);
    CHECK(request.cwd.size == 3 && request.argument_count == 1 && request.variable_count == 0);
    struct bytes argument = read_string(&request.arguments);
    CHECK(argument.size == 2 && memcmp(argument.data, "ls", 2) == 0);
    CHECK(request.stdin_bytes.size == 4);
    for (size_t shorter = 0; shorter < size; shorter++) CHECK(!parse_run(payload, shorter, &request));
    payload[size] = 0;
    CHECK(!parse_run(payload, size + 1, &request));
}

int main(void)
{
    srand(1);
    reads_what_was_put();
    fails_for_good_when_short();
    outbox_keeps_order();
    knows_safe_paths();
    survives_random_payloads();
    parses_a_run();
    puts("6 passed, 0 failed");
    return 0;
}
