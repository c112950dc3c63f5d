/*
 * The writable folders as records: how the service brings sources in, and how what one command has left reaches the
 * container of the next. A record is
 *
 *   u8 kind, u8 folder, u8 owner, u8 zero, u32 mode, u64 number, u64 modification time (ns), string path, string content
 *
 * with the path relative to the folder. `number` is a file's size or the offset of a piece of its content. Files are
 * collected with the program's own rights, after its end: links are never followed, holes and second names stay what
 * they are, and what root owns (the sources) is left out, as the service has it. Pipes and sockets end with a command.
 */
#include "container.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/request.h"
#include "../src/util.h"

enum kind { FOLDER = 1, FILE_START, CONTENT, SYMLINK, SECOND_NAME, FOLDER_MODE };
enum owner { ROOT, PROGRAM };

static const char *const roots[] = {"/box", "/out", "/tmp", "/dev/shm"};
#define ROOT_COUNT (sizeof roots / sizeof *roots)
#define PIECE_BYTES (64u * 1024u)
#define HEADER_BYTES 24u
/* Deeper folders than any build makes are not carried over; each level takes a descriptor while it is walked. */
#define MAX_DEPTH 128

struct record {
    uint8_t kind, folder, owner;
    uint32_t mode;
    uint64_t number, modified_ns;
    struct bytes path, content;
};

const char *files_start(void)
{
    /* An OCI runtime may give a tmpfs the mode of the image's folder, whatever the engine was told. */
    for (unsigned i = 0; i < ROOT_COUNT; i++)
        if (chmod(roots[i], 01777) < 0) return roots[i];
    return NULL;
}

/* ---- bringing files in ---- */

static struct {
    int fd;
    struct timespec times[2];
} open_file = {.fd = -1};

static void close_file(void)
{
    if (open_file.fd < 0) return;
    futimens(open_file.fd, open_file.times);
    close(open_file.fd);
    open_file.fd = -1;
}

static bool parse_record(const uint8_t *payload, size_t size, struct record *record)
{
    struct reader reader = reader_of(payload, size);
    uint32_t head = read_u32(&reader);
    record->kind = (uint8_t)head;
    record->folder = (uint8_t)(head >> 8);
    record->owner = (uint8_t)(head >> 16);
    record->mode = read_u32(&reader);
    record->number = read_u64(&reader);
    record->modified_ns = read_u64(&reader);
    record->path = read_string(&reader);
    record->content = read_bytes(&reader);
    return reader_done(&reader) && record->folder < ROOT_COUNT && path_is_safe(record->path);
}

/* Opens the folder that holds the path, without following a link on the way; `name` gets the last component. */
static int open_parent(unsigned folder, struct bytes path, char name[NAME_MAX + 1])
{
    int at = open(roots[folder], O_PATH | O_DIRECTORY | O_CLOEXEC);
    size_t start = 0;
    for (size_t end = 0; at >= 0; end++) {
        if (end < path.size && path.data[end] != '/') continue;
        memcpy(name, path.data + start, end - start);
        name[end - start] = 0;
        if (end == path.size) return at;
        int next = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        close(at);
        errno = error;
        at = next;
        start = end + 1;
    }
    return at;
}

static int make_folder(int parent, const char *name, const struct record *record)
{
    if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST) return -1;
    return fchmodat(parent, name, record->mode & 07777, 0);
}

static int start_file(int parent, const char *name, const struct record *record)
{
    open_file.fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (open_file.fd < 0) return -1;
    struct timespec modified = {.tv_sec = (time_t)(record->modified_ns / 1000000000u),
                                .tv_nsec = (long)(record->modified_ns % 1000000000u)};
    open_file.times[0] = open_file.times[1] = modified;
    if (record->modified_ns == 0) open_file.times[0].tv_nsec = open_file.times[1].tv_nsec = UTIME_NOW;
    if (fchmod(open_file.fd, record->mode & 07777) < 0) return -1;
    return ftruncate(open_file.fd, (off_t)record->number);
}

static int write_content(const struct record *record)
{
    for (size_t at = 0; at < record->content.size;) {
        ssize_t written = pwrite(open_file.fd, record->content.data + at, record->content.size - at,
                                 (off_t)(record->number + at));
        if (written < 0) return -1;
        at += (size_t)written;
    }
    return 0;
}

static char *text_of(struct bytes bytes)
{
    char *text = checked_alloc(bytes.size + 1);
    memcpy(text, bytes.data, bytes.size);
    return text;
}

static int make_second_name(int parent, const char *name, const struct record *record)
{
    char first_name[NAME_MAX + 1];
    if (!path_is_safe(record->content)) {
        errno = EINVAL;
        return -1;
    }
    int first = open_parent(record->folder, record->content, first_name);
    if (first < 0) return -1;
    int result = linkat(first, first_name, parent, name, 0);
    close(first);
    return result;
}

static int make_symlink(int parent, const char *name, const struct record *record)
{
    char *target = text_of(record->content);
    int result = symlinkat(target, parent, name);
    free(target);
    return result;
}

static int place(int parent, const char *name, const struct record *record)
{
    switch ((enum kind)record->kind) {
    case FOLDER:
        return make_folder(parent, name, record);
    case FILE_START:
        return start_file(parent, name, record);
    case SYMLINK:
        return make_symlink(parent, name, record);
    case SECOND_NAME:
        return make_second_name(parent, name, record);
    case FOLDER_MODE:
        return fchmodat(parent, name, record->mode & 07777, 0);
    case CONTENT:
        break;
    }
    errno = EINVAL;
    return -1;
}

const char *files_place(const uint8_t *payload, size_t size)
{
    struct record record;
    if (!parse_record(payload, size, &record)) {
        errno = EINVAL;
        return "parse-record";
    }
    if (record.kind == CONTENT) return open_file.fd >= 0 && write_content(&record) == 0 ? NULL : "write-file";
    close_file();
    container_write_as(record.owner == PROGRAM ? container_uid() : 0);
    char name[NAME_MAX + 1];
    int parent = open_parent(record.folder, record.path, name);
    int result = parent < 0 ? -1 : place(parent, name, &record);
    int error = errno;
    if (parent >= 0) close(parent);
    container_write_as(0);
    errno = error;
    return result < 0 ? "place-file" : NULL;
}

void files_placed(void)
{
    close_file();
}

/* ---- taking files out ---- */

static struct {
    void (*emit)(const uint8_t *record, size_t size);
    uint8_t buffer[HEADER_BYTES + 4 + PATH_MAX + 4 + PIECE_BYTES];
    char path[PATH_MAX];
    uint8_t folder;
    /* Files with more names than one: the inode, and the name it was first found under. */
    struct known {
        ino_t inode;
        char *path;
    } *known;
    size_t known_count;
} walk;

static void store_u64(uint8_t *at, uint64_t value)
{
    store_u32(at, (uint32_t)value);
    store_u32(at + 4, (uint32_t)(value >> 32));
}

/* Where the content of the record that is being built goes. */
static uint8_t *content_at(void)
{
    return walk.buffer + HEADER_BYTES + 4 + strlen(walk.path) + 4;
}

static void emit(enum kind kind, const struct stat *status, uint64_t number, size_t content_size)
{
    uint8_t *at = walk.buffer;
    size_t path_size = strlen(walk.path);
    store_u32(at, (uint32_t)kind | (uint32_t)walk.folder << 8 | (uint32_t)PROGRAM << 16);
    store_u32(at + 4, status->st_mode & 07777u);
    store_u64(at + 8, number);
    store_u64(at + 16, (uint64_t)status->st_mtim.tv_sec * 1000000000u + (uint64_t)status->st_mtim.tv_nsec);
    store_u32(at + HEADER_BYTES, (uint32_t)path_size);
    memcpy(at + HEADER_BYTES + 4, walk.path, path_size);
    store_u32(content_at() - 4, (uint32_t)content_size);
    walk.emit(at, (size_t)(content_at() - at) + content_size);
}

static void emit_content(int fd, const struct stat *status)
{
    off_t at = 0;
    while (at < status->st_size && (at = lseek(fd, at, SEEK_DATA)) >= 0) {
        off_t end = lseek(fd, at, SEEK_HOLE);
        while (at < end) {
            size_t wanted = end - at < (off_t)PIECE_BYTES ? (size_t)(end - at) : PIECE_BYTES;
            ssize_t got = pread(fd, content_at(), wanted, at);
            if (got <= 0) return;
            emit(CONTENT, status, (uint64_t)at, (size_t)got);
            at += got;
        }
    }
}

/* Another name of a file that went out before is sent as that. */
static bool emit_second_name(const struct stat *status)
{
    if (status->st_nlink < 2) return false;
    for (size_t i = 0; i < walk.known_count; i++) {
        if (walk.known[i].inode != status->st_ino) continue;
        size_t size = strlen(walk.known[i].path);
        memcpy(content_at(), walk.known[i].path, size);
        emit(SECOND_NAME, status, 0, size);
        return true;
    }
    walk.known = checked_realloc(walk.known, (walk.known_count + 1) * sizeof *walk.known);
    char *path = checked_alloc(strlen(walk.path) + 1);
    strcpy(path, walk.path);
    walk.known[walk.known_count++] = (struct known){.inode = status->st_ino, .path = path};
    return false;
}

static void emit_file(int parent, const char *name, const struct stat *status)
{
    if (emit_second_name(status)) return;
    /* The program may have taken its own right to read away. */
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && fchmodat(parent, name, 0600, 0) == 0)
        fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    emit(FILE_START, status, (uint64_t)status->st_size, 0);
    emit_content(fd, status);
    close(fd);
}

static void emit_symlink(int parent, const char *name, const struct stat *status)
{
    ssize_t size = readlinkat(parent, name, (char *)content_at(), PATH_MAX);
    if (size > 0) emit(SYMLINK, status, 0, (size_t)size);
}

static void walk_folder(int fd, unsigned depth);

static void walk_into(int parent, const char *name, const struct stat *status, unsigned depth)
{
    bool is_programs = status->st_uid != 0;
    if (depth == MAX_DEPTH) return;
    struct stat open_to_all = *status;
    open_to_all.st_mode |= 0700;
    if (is_programs) {
        emit(FOLDER, &open_to_all, 0, 0);
        if (fchmodat(parent, name, open_to_all.st_mode & 07777u, 0) < 0) return;
    }
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return;
    walk_folder(fd, depth + 1);
    if (is_programs && open_to_all.st_mode != status->st_mode) emit(FOLDER_MODE, status, 0, 0);
}

static void walk_entry(int parent, const char *name, unsigned depth)
{
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return;
    if (S_ISDIR(status.st_mode)) walk_into(parent, name, &status, depth);
    else if (status.st_uid == 0) return;
    else if (S_ISREG(status.st_mode)) emit_file(parent, name, &status);
    else if (S_ISLNK(status.st_mode)) emit_symlink(parent, name, &status);
}

/* Takes the descriptor over. */
static void walk_folder(int fd, unsigned depth)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return;
    }
    size_t length = strlen(walk.path);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        int added = snprintf(walk.path + length, sizeof walk.path - length, "%s%s", length ? "/" : "", entry->d_name);
        if (added > 0 && (size_t)added < sizeof walk.path - length) walk_entry(dirfd(folder), entry->d_name, depth);
        walk.path[length] = 0;
    }
    closedir(folder);
}

void files_collect(void (*emit_to)(const uint8_t *record, size_t size))
{
    walk.emit = emit_to;
    for (unsigned i = 0; i < ROOT_COUNT; i++) {
        walk.folder = (uint8_t)i;
        walk.path[0] = 0;
        for (size_t known = 0; known < walk.known_count; known++) free(walk.known[known].path);
        walk.known_count = 0;
        int fd = open(roots[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0) walk_folder(fd, 0);
    }
}
