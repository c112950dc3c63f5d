#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TERMINALS 16u

/*
 * One tmpfs behind all writable folders, so that one size bounds them together. It is mounted on /run, which only
 * root may enter; the program reaches its folders where they are bound.
 */
static const struct {
    const char *source, *target;
    /* Kept from command to command, and for an ephemeral one shown through a layer of its own. */
    bool kept;
} writable[] = {{"/run/box", "/box", true},
                {"/run/out", "/out", true},
                {"/run/tmp", "/tmp", false},
                {"/run/shm", "/dev/shm", false}};

static const char *mount_scratch(const struct open_request *request)
{
    char options[96];
    snprintf(options, sizeof options, "mode=0700,size=%llu,nr_inodes=%u",
             (unsigned long long)request->file_system_bytes, request->inodes);
    return mount("scratch", "/run", "tmpfs", MS_NOSUID | MS_NODEV, options) < 0 ? "mount-scratch" : NULL;
}

static bool make_shared_folder(const char *path)
{
    return mkdir(path, 01777) == 0 && chmod(path, 01777) == 0;
}

const char *mounts_make_writable(const struct open_request *request)
{
    const char *step = mount_scratch(request);
    for (size_t i = 0; !step && i < sizeof writable / sizeof *writable; i++) {
        if (!make_shared_folder(writable[i].source)) return "make-folder";
        if (mount(writable[i].source, writable[i].target, NULL, MS_BIND, NULL) < 0) return "bind-folder";
    }
    return step;
}

const char *mounts_make_ephemeral(const struct open_request *request)
{
    /* A second tmpfs over the first, which stays reachable only through the folders bound from it. */
    const char *step = mount_scratch(request);
    for (size_t i = 0; !step && i < sizeof writable / sizeof *writable; i++) {
        const char *target = writable[i].target;
        if (!make_shared_folder(writable[i].source)) return "make-folder";
        if (!writable[i].kept) {
            if (mount(writable[i].source, target, NULL, MS_BIND, NULL) < 0) return "bind-folder";
            continue;
        }
        char work[64], options[256];
        snprintf(work, sizeof work, "%s.work", writable[i].source);
        snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", target, writable[i].source, work);
        if (mkdir(work, 0700) < 0) return "make-folder";
        if (mount("layer", target, "overlay", MS_NOSUID | MS_NODEV, options) < 0) return "mount-layer";
    }
    return step;
}

/* As whom and how files of one kind are written. */
struct file_kind {
    const char *root;
    mode_t folder_mode, file_mode;
    uid_t owner;
};

/* Opens the folder that holds `path` below `root`, making what is missing; returns the last component's offset. */
static int enter_folder(int root, struct bytes path, const struct file_kind *kind, size_t *name_at)
{
    int folder = root;
    size_t start = 0;
    for (size_t at = 0; at < path.size; at++) {
        if (path.data[at] != '/') continue;
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)(at - start), (const char *)path.data + start);
        bool made = mkdirat(folder, name, kind->folder_mode) == 0;
        int next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder != root) close(folder);
        if (next < 0) return -1;
        /* mkdir's mode passes through the umask */
        if (made && (fchmod(next, kind->folder_mode) < 0 || fchown(next, kind->owner, (gid_t)kind->owner) < 0))
            return -1;
        folder = next;
        start = at + 1;
    }
    *name_at = start;
    return folder;
}

static bool write_all(int fd, struct bytes content)
{
    for (size_t at = 0; at < content.size;) {
        ssize_t written = write(fd, content.data + at, content.size - at);
        if (written < 0) return false;
        at += (size_t)written;
    }
    return true;
}

static const char *write_file(int root, struct bytes path, struct bytes content, const struct file_kind *kind)
{
    size_t name_at = 0;
    int folder = enter_folder(root, path, kind, &name_at);
    if (folder < 0) return "make-source-folder";
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)(path.size - name_at), (const char *)path.data + name_at);
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kind->file_mode);
    if (folder != root) close(folder);
    if (fd < 0) return "make-source-file";
    const char *step = NULL;
    if (kind->owner != 0 && fchown(fd, kind->owner, (gid_t)kind->owner) < 0) step = "make-source-file";
    else if (!write_all(fd, content)) step = "write-source-file";
    close(fd);
    return step;
}

const char *mounts_write_files(struct reader files, uint32_t count, uid_t uid)
{
    const struct file_kind kinds[] = {[PLACE_BOX] = {"/box", 01777, 0444, 0},
                                      [PLACE_OUT] = {"/out", 0755, 0644, uid},
                                      [PLACE_OUT_EXECUTABLE] = {"/out", 0755, 0755, uid}};
    int roots[PLACE_LAST + 1];
    for (int i = 0; i <= PLACE_LAST; i++)
        if ((roots[i] = open(kinds[i].root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) return "open-box";
    const char *step = NULL;
    for (uint32_t i = 0; i < count && !step; i++) {
        uint32_t place = read_u32(&files);
        struct bytes path = read_string(&files);
        step = write_file(roots[place], path, read_bytes(&files), &kinds[place]);
    }
    for (int i = 0; i <= PLACE_LAST; i++) close(roots[i]);
    return step;
}

const char *mounts_resize_writable(uint64_t file_system_bytes)
{
    char options[64];
    snprintf(options, sizeof options, "size=%llu", (unsigned long long)file_system_bytes);
    int failed = mount(NULL, "/run", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, options);
    return failed < 0 ? "resize-scratch" : NULL;
}

/*
 * What /proc tells of the machine beyond what programs ask for in earnest. Absent entries are skipped. What only root
 * may open (/proc/kcore, kmsg, slabinfo, vmallocinfo, timer_list, sysrq-trigger) needs no mask: no program is root, and
 * each mask costs every execution some microseconds. docs/threat-model.md names what stays visible, and why.
 */
static const char *const masked_files[] = {
    "/proc/keys",          "/proc/key-users",    "/proc/kallsyms",   "/proc/modules",   "/proc/cmdline",
    "/proc/interrupts",    "/proc/softirqs",     "/proc/sched_debug", "/proc/schedstat", "/proc/timer_stats",
    "/proc/latency_stats", "/proc/pagetypeinfo", "/proc/partitions", "/proc/diskstats", "/proc/swaps",
    "/proc/iomem",         "/proc/ioports",      "/proc/config.gz",  "/proc/locks",     "/proc/vmstat",
    "/proc/zoneinfo",      "/proc/buddyinfo",    "/proc/cgroups"};
static const char *const masked_folders[] = {"/proc/acpi", "/proc/asound", "/proc/bus",  "/proc/driver", "/proc/fs",
                                             "/proc/irq",  "/proc/scsi",   "/proc/tty", "/proc/pressure",
                                             "/proc/dynamic_debug"};
/* Counts of the whole machine's files, inodes, names and terminals; after /proc/sys has been sealed, which hides masks. */
static const char *const masked_settings[] = {"/proc/sys/fs", "/proc/sys/kernel/pty"};

/* `cover` is a file for files, and for folders the image's /sys, which is empty. */
static bool mask_all(const char *cover, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mount(cover, paths[i], NULL, MS_BIND, NULL) < 0 && errno != ENOENT) return false;
    return true;
}

const char *mounts_make_proc(void)
{
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) return "mount-proc";
    if (!mask_all("/dev/null", masked_files, sizeof masked_files / sizeof *masked_files)) return "mask-proc";
    if (!mask_all("/sys", masked_folders, sizeof masked_folders / sizeof *masked_folders)) return "mask-proc";
    if (mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) < 0) return "seal-proc-sys";
    if (mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return "seal-proc-sys";
    if (!mask_all("/sys", masked_settings, sizeof masked_settings / sizeof *masked_settings)) return "mask-proc";
    return NULL;
}

const char *mounts_make_terminal(uid_t uid, int *controller, char *path, size_t path_size)
{
    /* All terminals of the machine together are a few thousand, and each has buffers that nobody is charged with. */
    char options[96];
    snprintf(options, sizeof options, "newinstance,max=%u,ptmxmode=0666,mode=0620,uid=%u,gid=%u", MAX_TERMINALS,
             (unsigned)uid, (unsigned)uid);
    if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options) < 0) return "mount-devpts";
    *controller = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*controller < 0) return "open-terminal";
    int unlock = 0, number = 0;
    if (ioctl(*controller, TIOCSPTLCK, &unlock) < 0 || ioctl(*controller, TIOCGPTN, &number) < 0) return "open-terminal";
    snprintf(path, path_size, "/dev/pts/%d", number);
    return NULL;
}
