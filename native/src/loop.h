/* The event loop: one thread, epoll, a callback per descriptor. */
#ifndef CODEEXEC_LOOP_H
#define CODEEXEC_LOOP_H

#include <stdint.h>

struct watch {
    int fd; /* -1: not watched */
    uint32_t events;
    void (*ready)(struct watch *watch, uint32_t events);
    void *owner;
};

void loop_start(void);
void watch_add(struct watch *watch, int fd, uint32_t events, void (*ready)(struct watch *, uint32_t), void *owner);
/* Changes what is waited for; 0 pauses the descriptor. */
void watch_change(struct watch *watch, uint32_t events);
/* Stops watching and closes the descriptor. Safe to call when it is not watched. */
void watch_close(struct watch *watch);
/* Waits until something is ready or `deadline_ns` (CLOCK_MONOTONIC, UINT64_MAX for never), and calls back. */
void loop_turn(uint64_t deadline_ns);
/* The longest time without waiting, of the last one to two minutes: so long did everybody else wait. */
uint64_t loop_longest_turn_ns(void);

#endif
