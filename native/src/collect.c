#include "collect.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util.h"

/* More would keep the supervisor from its other work. */
#define MAX_ARTEFACTS 512u
/* Each level takes a descriptor while it is walked. */
#define MAX_DEPTH 32u
/* A date set by hand is not that of the last change. */
#define DATE_SLACK_S 2

struct artefact {
    char *path; /* below `out` */
    ino_t inode;
    uint64_t size;
    bool executable;
};

static struct {
    uid_t uid;
    struct artefact artefacts[MAX_ARTEFACTS];
    unsigned count;
} found;

typedef bool (*visitor)(int folder, const char *name, const char *path, const struct stat *status);

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_file(int parent, const char *name)
{
    /* Not even the date of the last reading changes, where the supervisor may keep it. */
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = openat(parent, name, flags | O_NOATIME);
    return fd >= 0 ? fd : openat(parent, name, flags);
}

/* Calls `visit` for all that is in the folder, folders after what is in them, until it says no. Takes `fd` over. */
static bool walk(int fd, const char *path, unsigned depth, visitor visit)
{
    DIR *folder = fd < 0 || depth > MAX_DEPTH ? NULL : fdopendir(fd);
    if (!folder) {
        if (fd >= 0) close(fd);
        return false;
    }
    bool fits = true;
    for (struct dirent *entry; fits && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char below[PATH_MAX];
        int size = snprintf(below, sizeof below, "%s%s%s", path, *path ? "/" : "", entry->d_name);
        struct stat status;
        fits = size > 0 && (size_t)size < sizeof below &&
               fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (fits && S_ISDIR(status.st_mode))
            fits = walk(open_folder(dirfd(folder), entry->d_name), below, depth + 1, visit);
        fits = fits && visit(dirfd(folder), entry->d_name, below, &status);
    }
    closedir(folder);
    return fits;
}

/* Of the work folder: what is root's came with the request. */
static bool is_source(int folder, const char *name, const char *path, const struct stat *status)
{
    (void)folder, (void)name, (void)path;
    return status->st_uid == 0;
}

static bool is_nothing(int folder, const char *name, const char *path, const struct stat *status)
{
    (void)folder, (void)name, (void)path, (void)status;
    return false;
}

/* A folder that is not empty is made again by what is in it. */
static bool is_plain_folder(const char *path, const struct stat *status)
{
    if ((status->st_mode & 07777) != 0755 || found.count == 0) return false;
    /* Whatever is in it has been visited just before. */
    const char *last = found.artefacts[found.count - 1].path;
    size_t size = strlen(path);
    return strncmp(last, path, size) == 0 && last[size] == '/';
}

static bool is_plain_file(int folder, const char *name, const struct stat *status)
{
    mode_t mode = status->st_mode & 07777;
    if (!S_ISREG(status->st_mode) || (mode != 0644 && mode != 0755) || status->st_nlink != 1) return false;
    if (llabs((long long)status->st_mtim.tv_sec - (long long)status->st_ctim.tv_sec) > DATE_SLACK_S) return false;
    int fd = open_file(folder, name);
    if (fd < 0) return false;
    bool has_attributes = flistxattr(fd, NULL, 0) > 0;
    close(fd);
    return !has_attributes;
}

static bool take_artefact(int folder, const char *name, const char *path, const struct stat *status)
{
    if (status->st_uid != found.uid || status->st_gid != (gid_t)found.uid) return false;
    if (S_ISDIR(status->st_mode)) return is_plain_folder(path, status);
    if (found.count == MAX_ARTEFACTS || !is_plain_file(folder, name, status)) return false;
    char *copy = checked_alloc(strlen(path) + 1);
    strcpy(copy, path);
    found.artefacts[found.count++] = (struct artefact){.path = copy,
                                                       .inode = status->st_ino,
                                                       .size = (uint64_t)status->st_size,
                                                       .executable = status->st_mode & 0100};
    return true;
}

static uint64_t bytes_found(void)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < found.count; i++) bytes += strlen(found.artefacts[i].path) + found.artefacts[i].size;
    return bytes;
}

/* A tmpfs numbers its files as they are made; made in the same order again, a folder lists them in the same order. */
static int by_making(const void *left, const void *right)
{
    ino_t a = ((const struct artefact *)left)->inode, b = ((const struct artefact *)right)->inode;
    return a < b ? -1 : a > b;
}

/* The path was walked just before, without a link in it, and nobody is left to change it. */
static bool add_artefact(struct frame *frame, int out, const struct artefact *artefact)
{
    put_u32(frame, artefact->executable ? 1 : 0);
    put_string(frame, artefact->path);
    put_u32(frame, (uint32_t)artefact->size);
    int fd = open_file(out, artefact->path);
    if (fd < 0) return false;
    uint8_t *content = outbox_reserve(frame->outbox, artefact->size);
    uint64_t got = 0;
    for (ssize_t more = 1; got < artefact->size && more > 0; got += more > 0 ? (uint64_t)more : 0)
        more = read(fd, content + got, artefact->size - got);
    close(fd);
    outbox_commit(frame->outbox, got);
    return got == artefact->size;
}

static bool add_all(struct frame *frame, int out)
{
    qsort(found.artefacts, found.count, sizeof *found.artefacts, by_making);
    for (unsigned i = 0; i < found.count; i++)
        if (!add_artefact(frame, out, &found.artefacts[i])) return false;
    return true;
}

bool collect_artefacts(struct frame *frame, int folders, uid_t uid, uint64_t most_bytes)
{
    found.uid = uid;
    found.count = 0;
    bool fits = walk(open_folder(folders, "tmp"), "", 0, is_nothing) &&
                walk(open_folder(folders, "shm"), "", 0, is_nothing) &&
                walk(open_folder(folders, "box"), "", 0, is_source) &&
                walk(open_folder(folders, "out"), "", 0, take_artefact) && bytes_found() <= most_bytes;
    int out = fits ? open_folder(folders, "out") : -1;
    fits = out >= 0 && add_all(frame, out);
    if (out >= 0) close(out);
    for (unsigned i = 0; i < found.count; i++) free(found.artefacts[i].path);
    return fits;
}
