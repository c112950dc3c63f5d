#include "loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "util.h"

#define EVENTS_AT_ONCE 64

static int epoll_fd = -1;
static struct epoll_event ready[EVENTS_AT_ONCE];
static int ready_count;

/* How long the loop attended to one round of events, and so to nothing else; by minutes, this one and the one before. */
#define WINDOW_NS (60 * 1000000000ull)
static struct {
    uint64_t began_ns, window_began_ns, longest_ns, longest_before_ns;
} turns;

static void end_turn(uint64_t now)
{
    if (now >= turns.window_began_ns + WINDOW_NS) {
        turns.longest_before_ns = now < turns.window_began_ns + 2 * WINDOW_NS ? turns.longest_ns : 0;
        turns.longest_ns = 0;
        turns.window_began_ns = now;
    }
    if (turns.began_ns > 0 && now - turns.began_ns > turns.longest_ns) turns.longest_ns = now - turns.began_ns;
}

uint64_t loop_longest_turn_ns(void)
{
    end_turn(now_ns());
    return turns.longest_ns > turns.longest_before_ns ? turns.longest_ns : turns.longest_before_ns;
}

void loop_start(void)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) die("epoll_create1");
}

void watch_add(struct watch *watch, int fd, uint32_t events, void (*callback)(struct watch *, uint32_t), void *owner)
{
    *watch = (struct watch){.fd = fd, .events = 0, .ready = callback, .owner = owner};
    watch_change(watch, events);
}

void watch_change(struct watch *watch, uint32_t events)
{
    if (watch->fd < 0 || watch->events == events) return;
    /* A paused descriptor leaves the set: epoll reports a hang-up even where nothing is waited for. */
    int operation = watch->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    watch->events = events;
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (epoll_ctl(epoll_fd, operation, watch->fd, &event) < 0) die("epoll_ctl");
}

void watch_close(struct watch *watch)
{
    if (watch->fd < 0) return;
    /* Explicitly, because a duplicate of the descriptor may live on in a child. */
    watch_change(watch, 0);
    close(watch->fd);
    watch->fd = -1;
    /* Events of this round that are still to be delivered would reach freed memory. */
    for (int i = 0; i < ready_count; i++)
        if (ready[i].data.ptr == watch) ready[i].data.ptr = NULL;
}

void loop_turn(uint64_t deadline_ns)
{
    int timeout_ms = -1;
    uint64_t now = now_ns();
    end_turn(now);
    if (deadline_ns != UINT64_MAX) {
        /* Rounded up: waking before the deadline would only spin. */
        uint64_t left_ms = deadline_ns > now ? (deadline_ns - now + 999999u) / 1000000u : 0;
        timeout_ms = left_ms > 60000u ? 60000 : (int)left_ms;
    }
    ready_count = epoll_wait(epoll_fd, ready, EVENTS_AT_ONCE, timeout_ms);
    turns.began_ns = now_ns();
    if (ready_count < 0) {
        ready_count = 0;
        if (errno != EINTR) die("epoll_wait");
    }
    for (int i = 0; i < ready_count; i++) {
        struct watch *watch = ready[i].data.ptr;
        if (watch) watch->ready(watch, ready[i].events);
    }
    ready_count = 0;
}
