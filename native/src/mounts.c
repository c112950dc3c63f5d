#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Opens the folder that holds `path` below `root`, making what is missing; returns the last component's offset. */
static int enter_folder(int root, struct bytes path, size_t *name_at)
{
    int folder = root;
    size_t start = 0;
    for (size_t at = 0; at < path.size; at++) {
        if (path.data[at] != '/') continue;
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)(at - start), (const char *)path.data + start);
        bool made = mkdirat(folder, name, 01777) == 0;
        int next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder != root) close(folder);
        if (next < 0) return -1;
        if (made && fchmod(next, 01777) < 0) return -1; /* mkdir's mode passes through the umask */
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

const char *mounts_write_files(const struct open_request *request)
{
    int root = open("/box", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return "open-box";
    struct reader files = request->files;
    for (uint32_t i = 0; i < request->file_count; i++) {
        struct bytes path = read_string(&files);
        struct bytes content = read_bytes(&files);
        size_t name_at = 0;
        int folder = enter_folder(root, path, &name_at);
        if (folder < 0) return "make-source-folder";
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)(path.size - name_at), (const char *)path.data + name_at);
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
        if (folder != root) close(folder);
        if (fd < 0) return "make-source-file";
        if (!write_all(fd, content)) return "write-source-file";
        close(fd);
    }
    close(root);
    return NULL;
}

/* What /proc tells of the machine beyond what programs ask for in earnest. Absent entries are skipped. */
static const char *const masked_files[] = {
    "/proc/kcore",      "/proc/keys",     "/proc/key-users",     "/proc/kmsg",      "/proc/kallsyms",
    "/proc/modules",    "/proc/cmdline",  "/proc/interrupts",    "/proc/softirqs",  "/proc/sched_debug",
    "/proc/timer_list", "/proc/timer_stats", "/proc/latency_stats", "/proc/sysrq-trigger", "/proc/vmallocinfo",
    "/proc/slabinfo",   "/proc/pagetypeinfo", "/proc/partitions", "/proc/diskstats", "/proc/swaps", "/proc/iomem",
    "/proc/ioports",    "/proc/config.gz"};
static const char *const masked_folders[] = {"/proc/acpi", "/proc/asound", "/proc/bus",  "/proc/driver", "/proc/fs",
                                             "/proc/irq",  "/proc/scsi",   "/proc/tty", "/proc/pressure",
                                             "/proc/dynamic_debug"};

const char *mounts_make_proc(void)
{
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) return "mount-proc";
    for (size_t i = 0; i < sizeof masked_files / sizeof *masked_files; i++)
        if (mount("/dev/null", masked_files[i], NULL, MS_BIND, NULL) < 0 && errno != ENOENT) return "mask-proc";
    for (size_t i = 0; i < sizeof masked_folders / sizeof *masked_folders; i++)
        /* Over them comes the image's /sys, which is empty. */
        if (mount("/sys", masked_folders[i], NULL, MS_BIND, NULL) < 0 && errno != ENOENT) return "mask-proc";
    if (mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) < 0) return "seal-proc-sys";
    if (mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return "seal-proc-sys";
    return NULL;
}

const char *mounts_make_terminal(uid_t uid, int *controller, char *path, size_t path_size)
{
    char options[96];
    snprintf(options, sizeof options, "newinstance,ptmxmode=0666,mode=0620,uid=%u,gid=%u", (unsigned)uid, (unsigned)uid);
    if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options) < 0) return "mount-devpts";
    *controller = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*controller < 0) return "open-terminal";
    int unlock = 0, number = 0;
    if (ioctl(*controller, TIOCSPTLCK, &unlock) < 0 || ioctl(*controller, TIOCGPTN, &number) < 0) return "open-terminal";
    snprintf(path, path_size, "/dev/pts/%d", number);
    return NULL;
}
