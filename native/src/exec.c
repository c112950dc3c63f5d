#include "exec.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *variable(char **environment, const char *name)
{
    size_t size = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=') return *environment + size + 1;
    return NULL;
}

void execute(char **arguments, char **environment)
{
    if (strchr(arguments[0], '/')) {
        execve(arguments[0], arguments, environment);
        return;
    }
    const char *path = variable(environment, "PATH");
    int error = ENOENT;
    while (path && *path) {
        size_t size = strcspn(path, ":");
        char file[4096];
        if (snprintf(file, sizeof file, "%.*s/%s", (int)size, path, arguments[0]) < (int)sizeof file) {
            execve(file, arguments, environment);
            if (errno != ENOENT && errno != ENOTDIR) error = errno;
        }
        path += size + (path[size] == ':');
    }
    errno = error;
}

void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
