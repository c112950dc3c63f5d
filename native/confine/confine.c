/*
 * What Node cannot do by itself, as a module that it loads: giving up root for good, and a filter of system calls for
 * all threads of a process. Node's interface for modules is stable, so this is compiled without its headers.
 */
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "analysis_calls.h"
#include "seccomp_calls.h"

/* From node_api.h. */
typedef void *napi_env, *napi_value, *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
int napi_get_cb_info(napi_env, napi_callback_info, size_t *count, napi_value *arguments, napi_value *self, void **data);
int napi_get_value_int64(napi_env, napi_value, int64_t *result);
int napi_get_value_string_utf8(napi_env, napi_value, char *text, size_t size, size_t *result);
int napi_create_int32(napi_env, int32_t value, napi_value *result);
int napi_throw_error(napi_env, const char *code, const char *message);
int napi_create_function(napi_env, const char *name, size_t length, napi_callback, void *data, napi_value *result);
int napi_set_named_property(napi_env, napi_value object, const char *name, napi_value);
napi_value napi_register_module_v1(napi_env env, napi_value exports);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static napi_value throw(napi_env env, const char *step, int error)
{
    char message[128];
    snprintf(message, sizeof message, "%s: %s", step, strerror(error));
    napi_throw_error(env, NULL, message);
    return NULL;
}

static int add_rules(scmp_filter_ctx filter, unsigned action, const char *const *names, size_t count, const char *except)
{
    for (size_t i = 0; i < count; i++) {
        int call = seccomp_syscall_resolve_name(names[i]);
        /* Newer than this libseccomp, or of other processors. */
        if (call < 0 || (except && strcmp(names[i], except) == 0)) continue;
        int error = seccomp_rule_add(filter, action, call, 0);
        if (error) return error;
    }
    return 0;
}

/* Of all threads, which can gain nothing by an exec from then on; those yet to come inherit it. */
static int load(scmp_filter_ctx filter)
{
    int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    /* A tree instead of a list; older versions of the library have none. */
    if (!error) seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    return error ? error : seccomp_load(filter);
}

/* What a program in a sandbox is refused, the service has no use for either, but for filtering its helpers. */
static int refuse_administration(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter) return -ENOMEM;
    int error = add_rules(filter, SCMP_ACT_ERRNO(EPERM), forbidden, COUNT(forbidden), "seccomp");
    if (!error) error = load(filter);
    seccomp_release(filter);
    return error;
}

/* becomeUser(uid, gid, group): for all threads and for good. `group` is one more group, or -1. */
static napi_value become_user(napi_env env, napi_callback_info info)
{
    size_t count = 3;
    napi_value arguments[3];
    int64_t values[3];
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    for (size_t i = 0; i < COUNT(values); i++)
        if (count < COUNT(values) || napi_get_value_int64(env, arguments[i], &values[i]) != 0)
            return throw(env, "becomeUser", EINVAL);
    uid_t uid = (uid_t)values[0];
    gid_t gid = (gid_t)values[1], group = (gid_t)values[2];
    /* The C library tells all threads; with the last of root's uids go the capabilities. */
    if (setgroups(values[2] < 0 ? 0 : 1, &group) < 0) return throw(env, "set-groups", errno);
    if (setresgid(gid, gid, gid) < 0) return throw(env, "set-gid", errno);
    if (setresuid(uid, uid, uid) < 0) return throw(env, "set-uid", errno);
    /* Its own files in /proc are for itself again. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    int error = refuse_administration();
    return error ? throw(env, "filter-system-calls", -error) : NULL;
}

static int bind_first(const struct addrinfo *found)
{
    for (; found; found = found->ai_next) {
        int on = 1, fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) continue;
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
            bind(fd, found->ai_addr, found->ai_addrlen) == 0)
            return fd;
        int error = -errno;
        close(fd);
        if (!found->ai_next) return error;
    }
    return -EADDRNOTAVAIL;
}

/* bindPort(host, port): a socket for a port that only root may have. Nobody can connect until something listens. */
static napi_value bind_port(napi_env env, napi_callback_info info)
{
    size_t count = 2, size;
    napi_value arguments[2], result;
    char host[256], port[16];
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (count < COUNT(arguments) ||
        napi_get_value_string_utf8(env, arguments[0], host, sizeof host, &size) != 0 ||
        napi_get_value_string_utf8(env, arguments[1], port, sizeof port, &size) != 0)
        return throw(env, "bindPort", EINVAL);
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int fd = getaddrinfo(host, port, &wanted, &found) == 0 ? bind_first(found) : -EADDRNOTAVAIL;
    if (found) freeaddrinfo(found);
    if (fd < 0) return throw(env, "bind", -fd);
    return napi_create_int32(env, fd, &result) == 0 ? result : NULL;
}

/* Calls that are allowed with some arguments only: those that reach no other process and open nothing. */
static int add_conditional_rules(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, self));
    if (!error)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    /* The C library then makes its threads by the call whose flags a filter can see. */
    if (!error) error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (!error) error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));
    if (!error)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                 SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, FIONBIO));
    return error;
}

/* confineAnalysis(): what is open stays so, but nothing can be opened, connected, started or signalled any more. */
static napi_value confine_analysis(napi_env env, napi_callback_info info)
{
    (void)info;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EACCES));
    int error = filter ? add_rules(filter, SCMP_ACT_ALLOW, analysis_calls, COUNT(analysis_calls), NULL) : -ENOMEM;
    if (!error) error = add_conditional_rules(filter);
    if (!error) error = load(filter);
    if (filter) seccomp_release(filter);
    return error ? throw(env, "filter-system-calls", -error) : NULL;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    static const struct {
        const char *name;
        napi_callback function;
    } functions[] = {
        {"becomeUser", become_user}, {"bindPort", bind_port}, {"confineAnalysis", confine_analysis}};
    for (size_t i = 0; i < COUNT(functions); i++) {
        napi_value function;
        if (napi_create_function(env, functions[i].name, strlen(functions[i].name), functions[i].function, NULL,
                                 &function) != 0 ||
            napi_set_named_property(env, exports, functions[i].name, function) != 0)
            return NULL;
    }
    return exports;
}
