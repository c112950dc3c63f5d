/*
 * Work that may take as long as a program has made it take: reclaiming its memory, taking its file systems apart,
 * removing its control groups. Threads beside the loop do it, so that it delays nobody else.
 *
 * The supervisor goes on forking from its only other thread. That is safe as long as work takes no lock that a child
 * could need: it makes system calls on what is lent to it, and neither allocates nor logs.
 */
#ifndef CODEEXEC_BACKGROUND_H
#define CODEEXEC_BACKGROUND_H

struct background_task {
    struct background_task *next;
    /* In a thread of its own; nobody else touches what it works on until `done`, which the loop calls. */
    void (*work)(struct background_task *task);
    void (*done)(struct background_task *task);
    void *owner;
};

/* Needs the loop. */
void background_start(void);
void background_do(struct background_task *task);
/* Waits for the work under way; `done` is not called any more. */
void background_stop(void);

#endif
