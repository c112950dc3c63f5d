#include "cgroup_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

#define LINE_BYTES 8192u
/* Groups of containers in pods are four or five levels down. */
#define SEARCH_DEPTH 12u
#define MOVES 50u
#define WANTED "+memory +pids +cpu"
#define NO_LIMIT ((uint64_t)1 << 60)

static const char *const v1_names[V1_COUNT] = {"memory", "pids", "cpu", "cpuacct"};
static const char *const v2_names[] = {"memory", "pids", "cpu"};

/* One line of mountinfo: the fields that matter. */
struct mount_line {
    char *root, *point, *options, *type, *super_options;
};

static bool has_word(const char *text, const char *word, char separator)
{
    size_t size = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += size)
        if ((at == text || at[-1] == separator) && (at[size] == 0 || at[size] == separator || at[size] == '\n'))
            return true;
    return false;
}

/* Spaces and the like are written as \040. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = 0;
}

static bool parse_mount(char *line, struct mount_line *mount)
{
    char *rest = NULL, *fields[6];
    for (unsigned i = 0; i < 6; i++)
        if (!(fields[i] = strtok_r(i ? NULL : line, " \n", &rest))) return false;
    char *field;
    while ((field = strtok_r(NULL, " \n", &rest)) && strcmp(field, "-") != 0) continue;
    mount->root = fields[3];
    mount->point = fields[4];
    mount->options = fields[5];
    mount->type = field ? strtok_r(NULL, " \n", &rest) : NULL;
    if (!mount->type || !strtok_r(NULL, " \n", &rest)) return false;
    mount->super_options = strtok_r(NULL, " \n", &rest);
    if (!mount->super_options) return false;
    unescape(mount->root);
    unescape(mount->point);
    return true;
}

/* Of v1 hierarchies by controller, of v2 with NULL. Relative to the root of this process's cgroup namespace. */
static bool own_path(const char *membership, const char *controller, char *path)
{
    FILE *file = fopen(membership, "re");
    static char line[LINE_BYTES];
    bool found = false;
    while (!found && file && fgets(line, sizeof line, file)) {
        char *names = strchr(line, ':');
        char *where = names ? strchr(names + 1, ':') : NULL;
        if (!where) continue;
        *where++ = 0;
        where[strcspn(where, "\n")] = 0;
        found = controller ? has_word(names + 1, controller, ',') : names[1] == 0;
        if (found) found = snprintf(path, CGROUP_PLACE_BYTES, "%s", where) < CGROUP_PLACE_BYTES;
    }
    if (file) fclose(file);
    return found;
}

static bool holds_process(const char *directory, long pid)
{
    char path[CGROUP_PLACE_BYTES + 16], line[32];
    snprintf(path, sizeof path, "%s/cgroup.procs", directory);
    FILE *list = fopen(path, "re");
    bool found = false;
    while (!found && list && fgets(line, sizeof line, list)) found = strtol(line, NULL, 10) == pid;
    if (list) fclose(list);
    return found;
}

/* Where the mount's root lies above the namespace's, the names between them are not told; the process is looked for. */
static bool search(char *directory, size_t used, long pid, unsigned depth)
{
    if (holds_process(directory, pid)) return true;
    DIR *entries = depth > 0 ? opendir(directory) : NULL;
    struct dirent *entry;
    bool found = false;
    while (!found && entries && (entry = readdir(entries))) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
        int size = snprintf(directory + used, CGROUP_PLACE_BYTES - used, "/%s", entry->d_name);
        if (size < (int)(CGROUP_PLACE_BYTES - used))
            found = search(directory, used + (size_t)size, pid, depth - 1);
        if (!found) directory[used] = 0;
    }
    if (entries) closedir(entries);
    return found;
}

/* The own group's directory below this mount. */
static bool resolve(const struct mount_line *mount, const struct cgroup_view *view, const char *path, char *directory)
{
    size_t above = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);
    int used = snprintf(directory, CGROUP_PLACE_BYTES, "%s%s", view->prefix, mount->point);
    if (used >= CGROUP_PLACE_BYTES) return false;
    if (strncmp(mount->root, "/..", 3) == 0) return search(directory, (size_t)used, view->pid, SEARCH_DEPTH);
    if (strncmp(path, mount->root, above) != 0 || (path[above] != '/' && path[above] != 0)) return false;
    if (strcmp(path + above, "/") != 0) used += snprintf(directory + used, CGROUP_PLACE_BYTES - (size_t)used, "%s", path + above);
    return used < CGROUP_PLACE_BYTES && holds_process(directory, view->pid);
}

/* A leaf of ours says where its members belong: to the group above it. */
static void leave_leaf(char *directory)
{
    char *name = strrchr(directory, '/');
    if (name && strcmp(name + 1, SERVICE_LEAF) == 0) *name = 0;
}

enum sight { SIGHT_NONE, SIGHT_MOUNTED, SIGHT_READ_ONLY, SIGHT_OWN };

/* Takes the mount that shows the own group, one that may be written to before one that may not. */
static enum sight find_in(const struct cgroup_view *view, const char *controller, char *own, char *mounted)
{
    static char path[CGROUP_PLACE_BYTES], line[LINE_BYTES], directory[CGROUP_PLACE_BYTES];
    bool known = own_path(view->membership, controller, path);
    FILE *mounts = fopen(view->mountinfo, "re");
    enum sight best = SIGHT_NONE;
    while (mounts && fgets(line, sizeof line, mounts)) {
        struct mount_line mount;
        if (!parse_mount(line, &mount) || strcmp(mount.type, controller ? "cgroup" : "cgroup2") != 0) continue;
        if (controller && !has_word(mount.super_options, controller, ',')) continue;
        enum sight sight = SIGHT_MOUNTED;
        if (known && resolve(&mount, view, path, directory))
            sight = has_word(mount.options, "rw", ',') ? SIGHT_OWN : SIGHT_READ_ONLY;
        if (sight <= best) continue;
        best = sight;
        snprintf(mounted, CGROUP_PLACE_BYTES, "%s%s", view->prefix, mount.point);
        snprintf(own, CGROUP_PLACE_BYTES, "%s", sight == SIGHT_MOUNTED ? mounted : directory);
        leave_leaf(own);
    }
    if (mounts) fclose(mounts);
    return best;
}

const char *cgroup_place_find(struct cgroup_place *place, const struct cgroup_view *view)
{
    *place = (struct cgroup_place){.version = 1, .hierarchies = V1_COUNT};
    for (unsigned i = 0; i < V1_COUNT && place->version == 1; i++) {
        enum sight sight = find_in(view, v1_names[i], place->own[i], place->mount[i]);
        if (sight == SIGHT_NONE) place->version = 0;
        else if (sight == SIGHT_MOUNTED) place->hidden = true;
    }
    if (place->version == 1) return NULL;
    place->hidden = false;
    place->hierarchies = 1;
    enum sight sight = find_in(view, NULL, place->own[0], place->mount[0]);
    if (sight == SIGHT_NONE)
        return "no usable cgroup hierarchy is mounted (need cgroup v2, or v1 with memory, pids, cpu and cpuacct)";
    place->version = 2;
    place->hidden = sight == SIGHT_MOUNTED;
    return NULL;
}

static int read_file(const char *directory, const char *name, char *text, size_t size)
{
    char path[CGROUP_PLACE_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    long got = read_text(fd, text, size);
    close(fd);
    return got < 0 ? (int)got : 0;
}

static int write_file(const char *directory, const char *name, const char *text)
{
    char path[CGROUP_PLACE_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return write_file_at(AT_FDCWD, path, text);
}

/* One pass over the list; others may be forking meanwhile. Returns whether one was found that can be moved. */
static bool move_processes(const char *from, const char *to)
{
    char path[CGROUP_PLACE_BYTES + 64], line[32];
    snprintf(path, sizeof path, "%s/cgroup.procs", from);
    FILE *list = fopen(path, "re");
    bool moved = false;
    while (list && fgets(line, sizeof line, list)) {
        /* 0 is a process of another pid namespace, and to the kernel the writer itself. */
        if (strtol(line, NULL, 10) > 0) moved = write_file(to, "cgroup.procs", line) == 0 || moved;
    }
    if (list) fclose(list);
    return moved;
}

static void leaf_path(const char *own, char *path, size_t size)
{
    snprintf(path, size, "%s/" SERVICE_LEAF, own);
}

const char *cgroup_place_hand_on(const char *directory)
{
    char text[256];
    if (read_file(directory, "cgroup.controllers", text, sizeof text) < 0)
        return "cgroup v2 is mounted but cannot be read";
    if (!has_word(text, "memory", ' '))
        return "the cgroup v2 memory controller is not available here (boot without cgroup_disable=memory, or delegate it)";
    if (!has_word(text, "pids", ' '))
        return "the cgroup v2 pids controller is not available here (delegate it to this container or unit)";
    if (!has_word(text, "cpu", ' '))
        return "the cgroup v2 cpu controller is not available here (delegate it to this container or unit)";
    int error = write_file(directory, "cgroup.subtree_control", WANTED);
    char leaf[CGROUP_PLACE_BYTES + 32];
    leaf_path(directory, leaf, sizeof leaf);
    for (unsigned attempt = 0; error == -EBUSY && attempt < MOVES; attempt++) {
        if (mkdir(leaf, 0755) < 0 && errno != EEXIST) break;
        move_processes(directory, leaf);
        error = write_file(directory, "cgroup.subtree_control", WANTED);
    }
    if (error == -EBUSY)
        return "the service's own control group holds processes that cannot be moved out of the way (of another pid namespace?), so cgroup v2 gives sandboxes no controllers";
    if (error)
        return "the cgroup v2 controllers memory, pids and cpu cannot be handed to sandboxes (is /sys/fs/cgroup mounted read-only?)";
    return NULL;
}

/*
 * Service managers hand on what their units ask for, and a login's scope mostly lacks `cpu`. Down from the root of
 * what is mounted, root may add it.
 */
static void hand_down(const struct cgroup_place *place)
{
    char directory[CGROUP_PLACE_BYTES], text[256];
    size_t size = strlen(place->own[0]);
    for (size_t end = strlen(place->mount[0]); end < size; end += 1 + strcspn(place->own[0] + end + 1, "/")) {
        snprintf(directory, sizeof directory, "%.*s", (int)end, place->own[0]);
        if (read_file(directory, "cgroup.subtree_control", text, sizeof text) < 0) continue;
        for (unsigned i = 0; i < sizeof v2_names / sizeof *v2_names; i++) {
            char wanted[16];
            snprintf(wanted, sizeof wanted, "+%s", v2_names[i]);
            if (!has_word(text, v2_names[i], ' ')) write_file(directory, "cgroup.subtree_control", wanted);
        }
    }
}

const char *cgroup_place_open(struct cgroup_place *place)
{
    if (place->version == 1) {
        /* Before Linux 5.11 a group counts what its children use only if it is told to while it has none. */
        write_file(place->own[V1_MEMORY], "memory.use_hierarchy", "1");
        return NULL;
    }
    if (!place->hidden) hand_down(place);
    const char *problem = cgroup_place_hand_on(place->own[0]);
    /* When the whole group is full, the largest program shall go and not the service with it, as a kubelet sets it. */
    if (!problem && !place->hidden) write_file(place->own[0], "memory.oom.group", "0");
    return problem;
}

static bool has_other_children(const char *own)
{
    DIR *entries = opendir(own);
    struct dirent *entry;
    bool found = false;
    while (!found && entries && (entry = readdir(entries)))
        found = entry->d_type == DT_DIR && entry->d_name[0] != '.' && strcmp(entry->d_name, SERVICE_LEAF) != 0;
    if (entries) closedir(entries);
    return found;
}

void cgroup_place_close(const struct cgroup_place *place)
{
    char leaf[CGROUP_PLACE_BYTES + 32];
    leaf_path(place->own[0], leaf, sizeof leaf);
    if (place->version != 2 || access(leaf, F_OK) < 0 || has_other_children(place->own[0])) return;
    if (write_file(place->own[0], "cgroup.subtree_control", "-memory -pids -cpu") < 0) return;
    for (unsigned attempt = 0; rmdir(leaf) < 0 && errno == EBUSY && attempt < MOVES; attempt++)
        if (!move_processes(leaf, place->own[0])) usleep(1000);
}

const char *cgroup_place_weakness(const struct cgroup_place *place)
{
    if (place->hidden)
        return "the service's own control group is not in sight, so sandboxes are at the root of what is mounted and limits of the container, pod or unit do not bind programs (mount its own part of /sys/fs/cgroup, or the host's whole tree)";
    char text[32];
    if (place->version == 1 && read_file(place->own[V1_MEMORY], "memory.use_hierarchy", text, sizeof text) == 0 &&
        text[0] == '0' && read_file(place->own[V1_MEMORY], "memory.limit_in_bytes", text, sizeof text) == 0 &&
        strtoull(text, NULL, 10) < NO_LIMIT)
        return "the service's own control group does not count what groups below it use, so its memory limit does not bind programs (memory.use_hierarchy is 0; set it to 1 before the service starts, or use Linux 5.11 or later)";
    return NULL;
}
