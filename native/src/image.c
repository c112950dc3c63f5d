/*
 * Order matters here: layers are opened before the staging tmpfs hides /tmp, the overlay names them through short
 * symlinks so that no host path shows in the sandbox's mountinfo, and the old root is let go before the namespace is
 * kept.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

struct image {
    struct image *next;
    int mount_namespace;
    size_t name_size;
    char name[];
};

static struct image *images;

/* Written by the builder process, read by the supervisor. */
struct build_report {
    int error;
    char step[32];
};

static struct image *find(struct bytes name)
{
    for (struct image *image = images; image; image = image->next)
        if (image->name_size == name.size && memcmp(image->name, name.data, name.size) == 0) return image;
    return NULL;
}

int image_namespace(struct bytes name)
{
    const struct image *image = find(name);
    return image ? image->mount_namespace : -1;
}

static const struct device {
    const char *path;
    unsigned minor_number, major_number;
} devices[] = {{"dev/null", 3, 1},    {"dev/zero", 5, 1},    {"dev/full", 7, 1},
               {"dev/random", 8, 1},  {"dev/urandom", 9, 1}, {"dev/tty", 0, 5}};

static const char *const device_links[][2] = {{"/proc/self/fd", "dev/fd"},
                                              {"/proc/self/fd/0", "dev/stdin"},
                                              {"/proc/self/fd/1", "dev/stdout"},
                                              {"/proc/self/fd/2", "dev/stderr"},
                                              {"pts/ptmx", "dev/ptmx"}};

/* Runs with the new root as the working directory. Returns the step that failed, or NULL. */
static const char *make_devices(void)
{
    if (mount("dev", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k,nr_inodes=32") < 0) return "mount-dev";
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        if (mknod(devices[i].path, S_IFCHR | 0666, makedev(devices[i].major_number, devices[i].minor_number)) < 0)
            return "make-device";
        if (chmod(devices[i].path, 0666) < 0) return "make-device";
    }
    for (size_t i = 0; i < sizeof device_links / sizeof *device_links; i++)
        if (symlink(device_links[i][0], device_links[i][1]) < 0) return "make-device";
    if (mkdir("dev/shm", 01777) < 0 || mkdir("dev/pts", 0755) < 0) return "make-device";
    if (mount(NULL, "dev", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL) < 0) return "seal-dev";
    return NULL;
}

static const char *build(const struct bytes *layers, unsigned count)
{
    if (unshare(CLONE_NEWNS) < 0) return "unshare-mount";
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return "mount-private";
    int fds[IMAGE_MAX_LAYERS];
    for (unsigned i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%.*s", (int)layers[i].size, (const char *)layers[i].data);
        fds[i] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fds[i] < 0) return "open-layer";
    }
    if (mount("staging", "/tmp", "tmpfs", 0, "mode=0700") < 0 || chdir("/tmp") < 0) return "mount-staging";
    char options[IMAGE_MAX_LAYERS * 16] = "lowerdir=";
    size_t used = strlen(options);
    for (unsigned i = 0; i < count; i++) {
        char name[16], target[64];
        snprintf(name, sizeof name, "l%u", i);
        snprintf(target, sizeof target, "/proc/self/fd/%d", fds[i]);
        if (symlink(target, name) < 0) return "link-layer";
        used += (size_t)snprintf(options + used, sizeof options - used, "%s%s", i ? ":" : "", name);
    }
    if (mkdir("root", 0755) < 0) return "make-root";
    if (count == 1) {
        if (mount("l0", "root", NULL, MS_BIND, NULL) < 0) return "bind-root";
        if (mount(NULL, "root", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
            return "seal-root";
    } else if (mount("image", "root", "overlay", MS_RDONLY | MS_NOSUID | MS_NODEV, options) < 0) {
        return "mount-overlay";
    }
    if (chdir("root") < 0) return "enter-root";
    const char *step = make_devices();
    if (step) return step;
    if (syscall(SYS_pivot_root, ".", ".") < 0) return "pivot-root";
    if (umount2(".", MNT_DETACH) < 0) return "leave-host-root";
    if (chdir("/") < 0) return "enter-root";
    static const char *const needed[] = {"/box", "/out", "/tmp", "/run", "/proc", "/sys", "/dev/shm"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (access(needed[i], F_OK) < 0) return "find-mount-points";
    return NULL;
}

static void keep(struct bytes name, int mount_namespace)
{
    struct image *image = find(name);
    if (!image) {
        image = checked_alloc(sizeof *image + name.size);
        image->name_size = name.size;
        memcpy(image->name, name.data, name.size);
        image->next = images;
        images = image;
    } else {
        close(image->mount_namespace);
    }
    image->mount_namespace = mount_namespace;
}

const char *image_register(struct bytes name, const struct bytes *layers, unsigned layer_count)
{
    static char message[160];
    struct build_report report = {0};
    int channel[2], release[2];
    if (pipe2(channel, O_CLOEXEC) < 0) return "no pipe could be made";
    if (pipe2(release, O_CLOEXEC) < 0) {
        close(channel[0]);
        close(channel[1]);
        return "no pipe could be made";
    }
    pid_t builder = fork();
    if (builder == 0) {
        const char *step = build(layers, layer_count);
        report.error = step ? errno : 0;
        if (step) snprintf(report.step, sizeof report.step, "%s", step);
        if (write(channel[1], &report, sizeof report) != sizeof report) _exit(1);
        close(release[1]);
        char byte;
        _exit(read(release[0], &byte, 1) < 0); /* lives until its namespace has been opened */
    }
    close(channel[1]);
    close(release[0]);
    int mount_namespace = -1;
    if (builder < 0 || read(channel[0], &report, sizeof report) != sizeof report) {
        snprintf(report.step, sizeof report.step, "start");
    } else if (!report.step[0]) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%ld/ns/mnt", (long)builder);
        mount_namespace = open(path, O_RDONLY | O_CLOEXEC);
        if (mount_namespace < 0) snprintf(report.step, sizeof report.step, "keep-namespace");
    }
    close(channel[0]);
    close(release[1]);
    if (builder > 0) waitpid(builder, NULL, 0);
    if (mount_namespace < 0) {
        snprintf(message, sizeof message, "step %s failed (%s)", report.step, errno_name(report.error));
        return message;
    }
    keep(name, mount_namespace);
    return NULL;
}
