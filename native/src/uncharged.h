/*
 * Kernel memory that no control group is charged with, and that a program can make without end: record locks, what
 * TCP connections have received before anybody accepts them, the connections themselves, unread
 * answers of netlink, error queues of UDP. A program
 * that holds more than UNCHARGED_MAX_BYTES of it is ended as one that needs too much memory.
 *
 * Nothing is asked of programs that run shortly. Of others it is asked now and then what is cheap to know; only when
 * enough CPU time or loopback traffic has gone by for it to have become much is it counted, by a process of its own.
 */
#ifndef CODEEXEC_UNCHARGED_H
#define CODEEXEC_UNCHARGED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "slot.h"

#define UNCHARGED_MAX_BYTES (32u << 20)

struct uncharged_watch {
    uint64_t next_ns, checked_cpu_ns, counted_cpu_ns, counted_octets;
};

/* What programs of this network namespace have sent and received over loopback. */
uint64_t uncharged_octets(const struct netns *netns);
/* Cheap to know: unread answers of netlink, and connections themselves, of which nobody is charged with one side. */
uint64_t uncharged_known_bytes(const struct netns *netns);

/*
 * Of the caller's network namespace: TCP data of connections that nobody has accepted, and all that UDP has queued.
 * Where network buffers are charged to nobody, all that TCP has queued as well.
 */
uint64_t uncharged_socket_bytes(bool buffers_are_charged);
/*
 * Locks that a process of the caller's uid holds. One that hides from its own uid counts as having too many; one that
 * is gone, or of another uid, as having none.
 */
uint64_t uncharged_lock_bytes(pid_t pid);

/*
 * Has the two above counted for the slot's program: true when it is found at once that it holds too much. Otherwise
 * slot->counter is the process that counts, which ends with another status than 0 then.
 */
bool uncharged_count(struct slot *slot);
/* When the program has ended: nobody with its uid shall be left. */
void uncharged_count_end(struct slot *slot);

#endif
