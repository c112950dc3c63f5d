#include "symbols.h"

#include <dlfcn.h>
#include <stddef.h>

bool symbol_find(const char *name, void *place)
{
    /* ISO C has no conversion from void * to a function's address. */
    *(void **)place = dlsym(RTLD_DEFAULT, name);
    return *(void **)place != NULL;
}
