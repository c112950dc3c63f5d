/*
 * What a slot goes through before it serves again, done beside the loop: how long it takes is up to the program that has
 * used it. Meanwhile the slot's control groups, network and region are the cleaning's alone.
 */
#ifndef CODEEXEC_CLEANING_H
#define CODEEXEC_CLEANING_H

#include <stdbool.h>
#include <stdint.h>

#include "background.h"

enum cleaning_kind {
    CLEANING_AFTER_USE,
    CLEANING_BETWEEN_COMMANDS, /* the sandbox's files stay */
    CLEANING_OF_GROUP          /* v1: makes another group in place of one that does not come clean */
};

#define CLEANING_MOST_FDS 2u

struct slot;

struct cleaning {
    struct background_task task;
    void (*done)(struct slot *slot);
    bool under_way;
    enum cleaning_kind kind;
    bool reclaims_at_once;
    uint64_t kept_bytes;
    int fds[CLEANING_MOST_FDS];
    unsigned fd_count;
    int error;
};

/* `done` is called when `cleaning.error` says how it went: as slot_cgroup_renew does. */
void cleaning_begin(struct slot *slot, enum cleaning_kind kind, void (*done)(struct slot *slot));
/* Writes over what a program's launch has left in the slot's region. */
void cleaning_wipe_region(struct slot *slot);

#endif
