/*
 * Mappings that an interpreter keeps from being forked. Its fork server lets them be, and each program keeps them from
 * its own children again.
 */
#ifndef CODEEXEC_WARM_MAPPINGS_H
#define CODEEXEC_WARM_MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

struct range {
    uintptr_t start, end;
};

/* Memory that the C library gives out, but for large pieces. */
struct range mappings_heap(void);
/* Variables of the interpreter's own file. */
struct range mappings_data(void);

/* False when there is memory that forks would go on sharing. */
bool mappings_keep(void);
/* In the program. */
void mappings_renew(void);

#endif
