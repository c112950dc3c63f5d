#include "node.h"

#include <dlfcn.h>
#include <unistd.h>

#include "descriptors.h"
#include "mappings.h"
#include "node_objects.h"
#include "node_random.h"
#include "node_streams.h"
#include "node_times.h"
#include "process_image.h"
#include "threads.h"
#include "util.h"

static bool is_prepared;

bool node_is_here(void)
{
    static int here = -1;
    if (here < 0) here = dlsym(RTLD_DEFAULT, "node_module_register") != NULL;
    return here;
}

static bool is_kept(bool succeeded, const char *what)
{
    if (!succeeded) log_line("this Node cannot be a fork server: its %s cannot be kept", what);
    return succeeded;
}

bool node_keep(int own_fds)
{
    node_times_stop();
    return is_kept(node_objects_find() && node_objects_load(), "objects") && is_kept(threads_keep(), "threads") &&
           is_kept(mappings_keep(), "memory") && is_kept(descriptors_note(own_fds), "descriptors") &&
           is_kept(node_times_find(), "times") && is_kept(node_random_find(), "random numbers") &&
           is_kept(node_streams_find(), "standard streams");
}

pid_t node_fork(void)
{
    return threads_fork();
}

void node_prepare(void)
{
    is_prepared = true;
    descriptors_renew();
    mappings_renew();
    node_random_renew();
    threads_resume();
}

void node_after_fork(void)
{
    if (!is_prepared) node_prepare();
    descriptors_mark_streams();
    node_times_renew();
    node_streams_renew();
}

void node_add_arguments(char *const *arguments, unsigned count)
{
    node_objects_add_arguments(arguments, count, process_image_arguments(), process_image_arguments_size());
}
