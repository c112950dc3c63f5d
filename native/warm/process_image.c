/*
 * PR_SET_MM_MAP, unlike its single steps, asks for no capability; kernels without CONFIG_CHECKPOINT_RESTORE lack it,
 * and then a program that looks finds zeroes after its environment, and not the arguments that a launch adds.
 */
#include "process_image.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util.h"

/* Fields of /proc/self/stat, counted from the one after the name. */
enum { FIELD_STATE = 3, START_CODE = 26, START_STACK = 28, START_DATA = 45, ENV_END = 51 };

static struct prctl_mm_map map;

bool process_image_read(void)
{
    char text[2048];
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    long size = fd >= 0 ? read_text(fd, text, sizeof text) : -1;
    if (fd >= 0) close(fd);
    char *at = size > 0 ? strrchr(text, ')') : NULL;
    if (!at) return false;
    uint64_t fields[ENV_END + 1] = {0};
    at = strchr(at, ' ');
    for (int i = FIELD_STATE; at && i <= ENV_END; i++) {
        fields[i] = strtoull(at + 1, NULL, 10);
        at = strchr(at + 1, ' ');
    }
    map = (struct prctl_mm_map){.start_code = fields[START_CODE],
                                .end_code = fields[START_CODE + 1],
                                .start_stack = fields[START_STACK],
                                .start_data = fields[START_DATA],
                                .end_data = fields[START_DATA + 1],
                                .start_brk = fields[START_DATA + 2],
                                .arg_start = fields[START_DATA + 3],
                                .arg_end = fields[START_DATA + 4],
                                .env_start = fields[START_DATA + 5],
                                .env_end = fields[ENV_END],
                                .exe_fd = (uint32_t)-1};
    return map.env_end > 0;
}

static bool apply(void)
{
    map.brk = (uint64_t)(uintptr_t)sbrk(0);
    return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) == 0;
}

/* One mapping becomes its own copy, in one step: the code that does this may lie in it. */
static void detach(uintptr_t start, uintptr_t end, const char *rights)
{
    size_t size = end - start;
    int protection = (rights[0] == 'r' ? PROT_READ : 0) | (rights[1] == 'w' ? PROT_WRITE : 0) |
                     (rights[2] == 'x' ? PROT_EXEC : 0);
    if (rights[0] != 'r') return;
    void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return;
    memcpy(copy, (const void *)start, size);
    if (mprotect(copy, size, protection) < 0 ||
        mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)start) == MAP_FAILED)
        munmap(copy, size);
}

void process_image_hide_library(const char *file)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t start, end;
        char rights[5], name[256] = "";
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %*s %255s", &start, &end, rights, name) == 4 &&
            strcmp(name, file) == 0)
            detach(start, end, rights);
    }
    if (maps) fclose(maps);
}

bool process_image_end_environment(const char *end)
{
    map.env_end = (uint64_t)(uintptr_t)end;
    return apply();
}

bool process_image_show_arguments(char *text, size_t size)
{
    struct prctl_mm_map before = map;
    map.arg_start = (uint64_t)(uintptr_t)text;
    map.arg_end = map.arg_start + size;
    if (apply()) return true;
    map = before;
    return false;
}

char *process_image_arguments(void)
{
    return (char *)(uintptr_t)map.arg_start;
}

size_t process_image_arguments_size(void)
{
    return (size_t)(map.arg_end - map.arg_start);
}
