/* Where the own control group is found, by what mountinfo and /proc/self/cgroup say on hosts and in containers. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/cgroup_place.h"
#include "check.h"

#define PID 4321

static char base[] = "/tmp/cgroup-place-XXXXXX";

static const char *path_of(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_MAX, "%s%s", base, name);
    return path;
}

static const char *file(const char *name, const char *text)
{
    const char *path = path_of(name);
    FILE *out = fopen(path, "we");
    CHECK(out && fputs(text, out) >= 0 && fclose(out) == 0);
    return path;
}

static void folder(const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s/", base, name);
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        CHECK(mkdir(path, 0755) == 0 || errno == EEXIST);
        *at = '/';
    }
}

/* A group's folder; `member` says whether the process is in it. */
static void group(const char *name, bool member)
{
    char procs[PATH_MAX];
    folder(name);
    snprintf(procs, sizeof procs, "%s/cgroup.procs", name);
    file(procs, member ? "17\n4321\n" : "43210\n");
}

static struct cgroup_place found(const char *mounts, const char *membership)
{
    const struct cgroup_view view = {file("/mountinfo", mounts), file("/cgroup", membership), base, PID};
    struct cgroup_place place;
    CHECK(cgroup_place_find(&place, &view) == NULL);
    return place;
}

#define V2(root, point, options) "31 23 0:28 " root " " point " " options " shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define OTHER "23 1 8:1 / / rw - ext4 /dev/sda rw\n"

static void on_a_host(void)
{
    group("/host/system.slice/codeexec.service", true);
    struct cgroup_place place = found(OTHER V2("/", "/host", "rw,nosuid"), "0::/system.slice/codeexec.service\n");
    CHECK(place.version == 2 && place.hierarchies == 1 && !place.hidden);
    CHECK(strcmp(place.own[0], path_of("/host/system.slice/codeexec.service")) == 0);
    CHECK(strcmp(place.mount[0], path_of("/host")) == 0);
    CHECK(cgroup_place_weakness(&place) == NULL);
}

static void in_the_leaf(void)
{
    group("/leaf/app.service/codeexec-service", true);
    struct cgroup_place place = found(V2("/", "/leaf", "rw"), "0::/app.service/codeexec-service\n");
    CHECK(strcmp(place.own[0], path_of("/leaf/app.service")) == 0);
}

static void at_the_root(void)
{
    group("/root", true);
    struct cgroup_place place = found(V2("/", "/root", "rw"), "0::/\n");
    CHECK(!place.hidden && strcmp(place.own[0], path_of("/root")) == 0);
}

/* The engine shows the container's part of the tree under the root; the process sees its path from the host's root. */
static void in_a_container_that_sees_its_part(void)
{
    group("/part", true);
    struct cgroup_place place = found(V2("/docker/0a1b", "/part", "rw"), "0::/docker/0a1b\n");
    CHECK(!place.hidden && strcmp(place.own[0], path_of("/part")) == 0);
    group("/part/below", true);
    place = found(V2("/docker/0a1b", "/part", "rw"), "0::/docker/0a1b/below\n");
    CHECK(strcmp(place.own[0], path_of("/part/below")) == 0);
}

/* A namespace of its own and the host's whole tree: the names between the two roots are not told. */
static void in_a_container_that_sees_the_whole_tree(void)
{
    group("/tree", false);
    group("/tree/kubepods.slice/pod1/cri-other", false);
    group("/tree/kubepods.slice/pod2/cri-own", true);
    struct cgroup_place place = found(V2("/../../..", "/tree", "rw"), "0::/\n");
    CHECK(!place.hidden && strcmp(place.own[0], path_of("/tree/kubepods.slice/pod2/cri-own")) == 0);
}

static void where_it_is_not_in_sight(void)
{
    group("/elsewhere", false);
    struct cgroup_place place = found(V2("/", "/elsewhere", "rw"), "0::/../other\n");
    CHECK(place.hidden && strcmp(place.own[0], path_of("/elsewhere")) == 0);
    CHECK(strstr(cgroup_place_weakness(&place), "not in sight"));
    /* A name that begins alike is another's. */
    group("/alike", false);
    CHECK(found(V2("/docker/0a", "/alike", "rw"), "0::/docker/0ab\n").hidden);
}

static void the_mount_that_may_be_written_to(void)
{
    group("/only to read", true);
    group("/both", true);
    struct cgroup_place place = found(V2("/c", "/only\\040to\\040read", "ro") V2("/c", "/both", "rw"), "0::/c\n");
    CHECK(strcmp(place.own[0], path_of("/both")) == 0);
    place = found(V2("/c", "/only\\040to\\040read", "ro,nosuid"), "0::/c\n");
    CHECK(!place.hidden && strcmp(place.own[0], path_of("/only to read")) == 0);
}

#define V1(names) "32 31 0:29 / /v1/" names " rw,relatime - cgroup cgroup rw," names "\n"

static void in_hierarchies_of_version_1(void)
{
    const char *mounts = V1("memory") V1("pids") V1("cpu,cpuacct") V2("/", "/v1/unified", "rw");
    const char *membership = "9:name=systemd:/a\n8:pids:/a.slice\n4:memory:/a.slice/b\n2:cpu,cpuacct:/\n0::/a\n";
    group("/v1/memory/a.slice/b", true);
    group("/v1/pids/a.slice", true);
    group("/v1/cpu,cpuacct", true);
    struct cgroup_place place = found(mounts, membership);
    CHECK(place.version == 1 && place.hierarchies == V1_COUNT && !place.hidden);
    CHECK(strcmp(place.own[V1_MEMORY], path_of("/v1/memory/a.slice/b")) == 0);
    CHECK(strcmp(place.own[V1_PIDS], path_of("/v1/pids/a.slice")) == 0);
    CHECK(strcmp(place.own[V1_CPU], path_of("/v1/cpu,cpuacct")) == 0);
    CHECK(strcmp(place.own[V1_CPUACCT], place.own[V1_CPU]) == 0);

    file("/v1/memory/a.slice/b/memory.limit_in_bytes", "314572800\n");
    file("/v1/memory/a.slice/b/memory.use_hierarchy", "0\n");
    CHECK(strstr(cgroup_place_weakness(&place), "use_hierarchy"));
    file("/v1/memory/a.slice/b/memory.use_hierarchy", "1\n");
    CHECK(cgroup_place_weakness(&place) == NULL);
    file("/v1/memory/a.slice/b/memory.use_hierarchy", "0\n");
    file("/v1/memory/a.slice/b/memory.limit_in_bytes", "9223372036854771712\n");
    CHECK(cgroup_place_weakness(&place) == NULL);
    CHECK(cgroup_place_open(&place) == NULL);
}

static void without_any(void)
{
    const struct cgroup_view view = {file("/mountinfo", OTHER V1("memory")), file("/cgroup", "4:memory:/\n"), base, PID};
    struct cgroup_place place;
    CHECK(strstr(cgroup_place_find(&place, &view), "no usable cgroup hierarchy"));
}

int main(void)
{
    CHECK(mkdtemp(base));
    on_a_host();
    in_the_leaf();
    at_the_root();
    in_a_container_that_sees_its_part();
    in_a_container_that_sees_the_whole_tree();
    where_it_is_not_in_sight();
    the_mount_that_may_be_written_to();
    in_hierarchies_of_version_1();
    without_any();
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", base);
    CHECK(system(command) == 0);
    printf("9 passed, 0 failed\n");
    return 0;
}
