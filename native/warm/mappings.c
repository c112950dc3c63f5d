#include "mappings.h"

#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_MAPPINGS 512u

static struct {
    struct range list[MAX_MAPPINGS];
    unsigned count;
} unforked;

struct range mappings_heap(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    struct range heap = {0, 0};
    char line[512];
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "[heap]") && sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &heap.start, &heap.end) == 2) break;
    if (maps) fclose(maps);
    return heap;
}

/* The interpreter's file is the first one listed. */
static int find_data(struct dl_phdr_info *file, size_t size, void *place)
{
    (void)size;
    struct range *data = place;
    for (unsigned i = 0; i < file->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &file->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_W)) continue;
        uintptr_t start = file->dlpi_addr + part->p_vaddr, end = start + part->p_memsz;
        *data = (struct range){(start + 7) & ~(uintptr_t)7, end & ~(uintptr_t)7};
    }
    return 1;
}

struct range mappings_data(void)
{
    struct range data = {0, 0};
    dl_iterate_phdr(find_data, &data);
    return data;
}

bool mappings_keep(void)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[512];
    uintptr_t start = 0, end = 0;
    bool fit = maps;
    while (fit && fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char rights[5];
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, rights) == 3) {
            start = from;
            end = to;
            if (rights[1] == 'w' && rights[3] == 's') fit = false;
        } else if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dc")) {
            if (unforked.count == MAX_MAPPINGS) fit = false;
            else if (unforked.count > 0 && unforked.list[unforked.count - 1].end == start)
                unforked.list[unforked.count - 1].end = end;
            else {
                unforked.list[unforked.count].start = start;
                unforked.list[unforked.count++].end = end;
            }
        }
    }
    if (maps) fclose(maps);
    for (unsigned i = 0; i < unforked.count && fit; i++)
        fit = madvise((void *)unforked.list[i].start, unforked.list[i].end - unforked.list[i].start, MADV_DOFORK) == 0;
    return fit;
}

void mappings_renew(void)
{
    for (unsigned i = 0; i < unforked.count; i++)
        madvise((void *)unforked.list[i].start, unforked.list[i].end - unforked.list[i].start, MADV_DONTFORK);
}
