#include "sequences.h"

#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The size that every kernel takes. */
#define AREA_BYTES 32u

void sequences_register(uintptr_t thread_pointer)
{
    if (__rseq_size == 0) return;
    struct rseq *area = (struct rseq *)(thread_pointer + (uintptr_t)__rseq_offset);
    if ((int32_t)area->cpu_id >= 0) syscall(SYS_rseq, area, AREA_BYTES, 0, RSEQ_SIG);
}
