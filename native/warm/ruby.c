#include <dlfcn.h>
#include <stddef.h>

#include "runtime.h"

int ruby_is_here(void)
{
    return dlsym(RTLD_DEFAULT, "ruby_run_node") != NULL;
}
void ruby_add_arguments(char *const *arguments, unsigned count)
{
    (void)arguments;
    (void)count;
}
void ruby_after_fork(void)
{
}
