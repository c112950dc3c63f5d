#include "parked.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "held.h"
#include "mounts.h"
#include "passing.h"
#include "util.h"

int parked_release(int report_fd, int region_fd, size_t open_size, size_t run_size)
{
    struct parked_release release = {.open_size = open_size, .run_size = run_size};
    return send_with_fds(report_fd, &release, sizeof release, &region_fd, 1);
}

/* Returns the descriptor that came along, or -1 with errno. */
static int receive(int socket, struct parked_release *release)
{
    int fd = receive_fd(socket, release, sizeof *release);
    if (fd == -EPIPE) _exit(1); /* whoever would have released it is gone */
    if (fd >= 0) return fd;
    errno = -fd;
    return -1;
}

static const uint8_t *map(int region_fd, const struct parked_release *release)
{
    void *mapped = mmap(NULL, release->open_size + release->run_size, PROT_READ, MAP_SHARED, region_fd, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static const char *write_sources(const struct open_request *request, uid_t uid, uint64_t made_bytes)
{
    umask(0);
    const char *step =
        request->file_system_bytes == made_bytes ? NULL : mounts_resize_writable(request->file_system_bytes);
    return step ? step : mounts_write_files(request->files, request->file_count, uid);
}

const char *parked_await(int report_fd, pid_t program, uid_t uid, uint64_t made_bytes, struct parked_release *release,
                         int *region_fd)
{
    *region_fd = -1;
    int heard = held_wait(report_fd, program);
    if (heard <= 0) return heard < 0 ? "wait" : NULL;
    int region = receive(report_fd, release);
    if (region < 0) return "receive-release";
    const uint8_t *mapped = map(region, release);
    if (!mapped) return "receive-release";
    struct open_request request;
    errno = EINVAL;
    bool understood = parse_open(mapped, release->open_size, &request);
    const char *step = understood ? write_sources(&request, uid, made_bytes) : "parse-release";
    munmap((void *)(uintptr_t)mapped, release->open_size + release->run_size);
    *region_fd = region;
    return step;
}

int parked_hand_on(int park_fd, struct parked_release *release, int region_fd)
{
    release->init_cpu_ns = own_cpu_ns();
    return send_with_fds(park_fd, release, sizeof *release, &region_fd, 1);
}

const char *parked_take(int park_fd, struct parked_request *taken)
{
    struct parked_release release;
    int region = receive(park_fd, &release);
    close(park_fd);
    if (region < 0) return "receive-release";
    taken->mapped = map(region, &release);
    close(region);
    if (!taken->mapped) return "receive-release";
    taken->mapped_size = release.open_size + release.run_size;
    taken->init_cpu_ns = release.init_cpu_ns;
    errno = EINVAL;
    return parse_run(taken->mapped + release.open_size, release.run_size, &taken->request) ? NULL : "parse-release";
}
