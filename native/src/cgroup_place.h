/*
 * Where the service's own control group is, and room for sandboxes below it: what is set from outside, for a container,
 * a pod or a unit, then binds programs too, and is counted together.
 *
 * On v2 a group with processes may not hand its controllers on. Those of the own group, the service among them, move
 * into a leaf, SERVICE_LEAF, beside the sandboxes' groups; whoever is found in such a leaf belongs to the group above.
 */
#ifndef CODEEXEC_CGROUP_PLACE_H
#define CODEEXEC_CGROUP_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cgroup.h"

#define SERVICE_LEAF "codeexec-service"
#define CGROUP_PLACE_BYTES 1024

struct cgroup_place {
    int version;
    unsigned hierarchies;
    char own[V1_COUNT][CGROUP_PLACE_BYTES]; /* directories, by controller on v1; v2 has the first only */
    char mount[V1_COUNT][CGROUP_PLACE_BYTES];
    bool hidden; /* own group not in sight: `own` is the root of what is mounted */
};

/* What one process sees of the hierarchies; other than the calling one's own only in tests. */
struct cgroup_view {
    const char *mountinfo, *membership, *prefix; /* `prefix` stands before all mount points */
    long pid;
};

/* Finds the own group in each hierarchy. Returns NULL, or one sentence that says what is missing. */
const char *cgroup_place_find(struct cgroup_place *place, const struct cgroup_view *view);
/* Readies the own groups for children. Returns NULL, or one sentence that says why they cannot have any. */
const char *cgroup_place_open(struct cgroup_place *place);
/* Hands the controllers of a v2 group on to its children. Returns NULL or a sentence. */
const char *cgroup_place_hand_on(const char *directory);
/* v2: brings the processes of the leaf back and removes it; nothing may be left of the sandboxes' groups. */
void cgroup_place_close(const struct cgroup_place *place);
/* Why limits set from outside do not bind programs, as one sentence; NULL where they do. */
const char *cgroup_place_weakness(const struct cgroup_place *place);

#endif
