#include "warm.h"

#include <errno.h>
#include <poll.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"
#include "loop.h"
#include "passing.h"
#include "seccomp_filter.h"
#include "spawner.h"
#include "util.h"
#include "warm_protocol.h"

/*
 * Programs of one master have their hash seed and their address space's layout in common; not too many shall, nor those
 * of too long a time (warm_start).
 */
#define USES_BEFORE_RENEWAL 256u
#define FIRST_PAUSE_NS 100000000u
#define LONGEST_PAUSE_NS 60000000000u
/* An interpreter that has not come to its program by then never will. */
#define START_PATIENCE_NS 20000000000u
#define SETTLE_PATIENCE_MS 2000

struct runtime;

struct server {
    struct server *next;
    struct runtime *runtime;
    /* The slot it lives in, on v1; NULL for a master. */
    struct slot *slot;
    pid_t pid; /* 0 until known */
    bool ready;
    bool dismissed; /* its socket is closed, its end awaited */
    unsigned generation;
    uint64_t started_ns;
    struct watch socket;
};

/* One command that the service wants served. */
struct runtime {
    struct runtime *next;
    struct bytes image, arguments, variables;
    uint32_t argument_count, variable_count;
    struct spawn_strings strings;
    struct warm_boot boot;
    struct server *master, *successor;
    struct server **residents; /* by slot, on v1 */
    unsigned generation, failures;
    uint32_t threads; /* of a program that has just begun, beside the main one */
    uint64_t uses, retry_at_ns, shared_bytes, shared_bytes_parked;
};

static struct {
    struct runtime *runtimes;
    struct server *servers;
    /* By slot, of its last launch. */
    struct runtime **launched;
    struct server *settling; /* one at a time */
    unsigned slot_count;
    uint64_t renewal_ns;
} warm;

void warm_start(unsigned slot_count, uint64_t renewal_ns)
{
    warm.slot_count = slot_count;
    warm.renewal_ns = renewal_ns;
    warm.launched = checked_alloc(slot_count * sizeof(struct runtime *));
}

static struct bytes keep_bytes(const uint8_t *data, size_t size)
{
    uint8_t *copy = checked_alloc(size);
    memcpy(copy, data, size);
    return (struct bytes){.data = copy, .size = size};
}

static struct bytes rest_between(const struct reader *from, const struct reader *to)
{
    return keep_bytes(from->data + from->at, to->at - from->at);
}

static bool same(struct bytes a, struct bytes b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* ---- the life of a server ---- */

static void postpone(struct runtime *runtime)
{
    uint64_t pause = FIRST_PAUSE_NS << (runtime->failures < 16 ? runtime->failures : 16);
    runtime->failures++;
    runtime->retry_at_ns = now_ns() + (pause < LONGEST_PAUSE_NS ? pause : LONGEST_PAUSE_NS);
}

static void unlink_server(struct server *server)
{
    struct runtime *runtime = server->runtime;
    if (runtime->master == server) runtime->master = NULL;
    if (runtime->successor == server) runtime->successor = NULL;
    if (server->slot && runtime->residents[server->slot->index] == server)
        runtime->residents[server->slot->index] = NULL;
}

/* Its process ends by itself when its socket is closed. */
static void dismiss(struct server *server)
{
    if (server->dismissed) return;
    server->dismissed = true;
    watch_close(&server->socket);
    unlink_server(server);
    if (warm.settling == server) {
        warm.settling = NULL;
        slot_release(server->slot);
    }
}

static void forget(struct server *server)
{
    if (server->slot) server->slot->cgroup.residents--;
    struct server **at = &warm.servers;
    while (*at != server) at = &(*at)->next;
    *at = server->next;
    free(server);
}

/* Something is wrong with it that a new one may not have. */
static void give_up(struct server *server)
{
    if (server->dismissed) return;
    postpone(server->runtime);
    dismiss(server);
}

static void take_ready(struct server *server, const struct warm_answer *answer)
{
    struct runtime *runtime = server->runtime;
    server->ready = true;
    runtime->shared_bytes = answer->bytes;
    runtime->shared_bytes_parked = answer->bytes_parked;
    runtime->threads = (uint32_t)answer->value;
    runtime->uses = 0;
    struct server *former = runtime->master;
    runtime->master = server;
    runtime->successor = NULL;
    runtime->generation = server->generation;
    if (former) dismiss(former);
}

static void take_settled(struct server *server, const struct warm_answer *answer)
{
    struct slot *slot = server->slot;
    if (warm.settling == server) {
        warm.settling = NULL;
        slot_release(slot);
    }
    if (answer->value < 0) {
        give_up(server);
        return;
    }
    server->pid = answer->value;
    server->ready = true;
    struct server *former = server->runtime->residents[slot->index];
    server->runtime->residents[slot->index] = server;
    if (former) dismiss(former);
}

static void hear(struct watch *watch, uint32_t events)
{
    (void)events;
    struct server *server = watch->owner;
    while (!server->dismissed) {
        struct warm_answer answer;
        ssize_t got = recv(watch->fd, &answer, sizeof answer, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got != (ssize_t)sizeof answer) {
            if (!server->slot && server->ready) log_line("a fork server has died; another will be started");
            give_up(server);
        } else if (answer.kind == WARM_READY) {
            take_ready(server, &answer);
        } else if (answer.kind == WARM_SETTLED) {
            take_settled(server, &answer);
        } else {
            if (answer.value > 0)
                log_line("an interpreter cannot be a fork server: it has %d threads", answer.value);
            give_up(server);
        }
    }
}

void warm_hear(void)
{
    for (struct server *server = warm.servers, *next; server; server = next) {
        next = server->next;
        if (!server->dismissed) hear(&server->socket, 0);
    }
}

static struct server *add_server(struct runtime *runtime, struct slot *slot, int socket)
{
    struct server *server = checked_alloc(sizeof *server);
    /* One that hangs is asked in vain, and keeps nobody waiting. */
    fcntl(socket, F_SETFL, O_NONBLOCK);
    *server = (struct server){.runtime = runtime, .slot = slot, .started_ns = now_ns(), .next = warm.servers};
    warm.servers = server;
    watch_add(&server->socket, socket, EPOLLIN, hear, server);
    return server;
}

static int make_boot_file(const struct runtime *runtime)
{
    int fd = memfd_create("boot", MFD_CLOEXEC);
    if (fd < 0) return -errno;
    struct bytes filter = seccomp_filter();
    struct warm_boot boot = runtime->boot;
    boot.filter_bytes = (uint32_t)filter.size;
    if (write(fd, &boot, sizeof boot) != (ssize_t)sizeof boot ||
        write(fd, filter.data, filter.size) != (ssize_t)filter.size) {
        close(fd);
        return -EIO;
    }
    return fd;
}

static int start_master(struct runtime *runtime)
{
    int image = image_namespace(runtime->image);
    if (image < 0) return -ENOENT;
    int boot = make_boot_file(runtime);
    if (boot < 0) return boot;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        int error = -errno;
        close(boot);
        return error;
    }
    pid_t pid = spawner_spawn(image, pair[1], boot, &runtime->strings);
    close(pair[1]);
    close(boot);
    if (pid < 0) {
        close(pair[0]);
        return pid;
    }
    struct server *server = add_server(runtime, NULL, pair[0]);
    server->pid = pid;
    server->generation = runtime->generation + 1;
    runtime->successor = server;
    return 0;
}

/* Off the path of any request: entering a cgroup takes milliseconds. The slot is held meanwhile. */
static void settle(struct runtime *runtime, struct slot *slot)
{
    int pair[2], fds[WARM_SETTLE_FDS];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        slot_release(slot);
        return;
    }
    fds[0] = pair[1];
    struct warm_request request = {.kind = WARM_SETTLE};
    int error = slot_cgroup_open(&slot->cgroup, fds + 1);
    if (!error) {
        error = send_with_fds(runtime->master->socket.fd, &request, sizeof request, fds, WARM_SETTLE_FDS);
        for (unsigned i = 1; i < WARM_SETTLE_FDS; i++) close(fds[i]);
    }
    close(pair[1]);
    if (error) {
        close(pair[0]);
        slot_release(slot);
        return;
    }
    struct server *server = add_server(runtime, slot, pair[0]);
    server->generation = runtime->generation;
    slot->cgroup.residents++;
    warm.settling = server;
}

/* ---- what the service asks for ---- */

static char *strings_of(struct reader reader, uint32_t count, char *at)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bytes string = read_string(&reader);
        memcpy(at, string.data, string.size);
        at += string.size + 1;
    }
    return at;
}

bool warm_register(const uint8_t *payload, size_t size)
{
    struct reader reader = reader_of(payload, size);
    struct bytes image = read_string(&reader), entry = read_string(&reader);
    uint64_t stack_bytes = read_u64(&reader);
    uint32_t argument_count = read_u32(&reader);
    struct reader arguments = reader;
    for (uint32_t i = 0; i < argument_count && !reader.failed; i++) read_string(&reader);
    struct reader after_arguments = reader;
    uint32_t variable_count = read_u32(&reader);
    struct reader variables = reader;
    for (uint32_t i = 0; i < variable_count && !reader.failed; i++) read_string(&reader);
    if (!reader_done(&reader) || argument_count == 0 || argument_count > MAX_ARGUMENTS ||
        variable_count > MAX_VARIABLES || entry.size == 0 || entry.size >= WARM_MAX_ENTRY)
        return false;
    if (!spawner_available()) return true;
    struct runtime *runtime = checked_alloc(sizeof *runtime);
    *runtime = (struct runtime){.next = warm.runtimes,
                                .image = keep_bytes(image.data, image.size),
                                .arguments = rest_between(&arguments, &after_arguments),
                                .variables = rest_between(&variables, &reader),
                                .argument_count = argument_count,
                                .variable_count = variable_count,
                                .boot = {.magic = WARM_MAGIC,
                                         .argument_count = argument_count,
                                         .stack_bytes = stack_bytes},
                                .residents = checked_alloc(warm.slot_count * sizeof(struct server *))};
    memcpy(runtime->boot.entry, entry.data, entry.size);
    char *text = checked_alloc(size); /* every string's length prefix leaves room for its NUL */
    char *end = strings_of(variables, variable_count, strings_of(arguments, argument_count, text));
    runtime->strings = (struct spawn_strings){
        .text = text, .size = (size_t)(end - text), .argument_count = argument_count, .variable_count = variable_count};
    warm.runtimes = runtime;
    return true;
}

/* ---- launches ---- */

static bool serves(const struct runtime *runtime, struct bytes image, const struct run_request *request)
{
    struct bytes variables = {request->variables.data + request->variables.at, runtime->variables.size};
    struct bytes arguments = {request->arguments.data + request->arguments.at, runtime->arguments.size};
    /*
     * Where the limit leaves no room for its threads, the interpreter has its own way of saying so; where it leaves
     * none for the go-between, which is gone before the threads are made, there would be no program.
     */
    return request->processes > runtime->threads && request->processes > 1 &&
           request->stack_bytes == runtime->boot.stack_bytes && request->variable_count == runtime->variable_count &&
           request->argument_count >= runtime->argument_count &&
           request->variables.size - request->variables.at >= variables.size &&
           request->arguments.size - request->arguments.at >= arguments.size && same(image, runtime->image) &&
           same(variables, runtime->variables) && same(arguments, runtime->arguments);
}

static struct server *server_for(const struct slot *slot, struct bytes image, const struct run_request *request)
{
    for (struct runtime *runtime = warm.runtimes; runtime; runtime = runtime->next) {
        if (!serves(runtime, image, request)) continue;
        struct server *server = cgroup_version() == 1 ? runtime->residents[slot->index] : runtime->master;
        return server && server->ready ? server : NULL;
    }
    return NULL;
}

bool warm_runtime_of(struct bytes image, const struct run_request *request, const void **runtime)
{
    *runtime = NULL;
    for (struct runtime *kept = warm.runtimes; kept; kept = kept->next) {
        if (!serves(kept, image, request)) continue;
        *runtime = kept;
        return request->argument_count == kept->argument_count && request->cwd.size == 0;
    }
    return true;
}

bool warm_is_settled(const struct slot *slot)
{
    if (cgroup_version() != 1) return true;
    for (const struct runtime *runtime = warm.runtimes; runtime; runtime = runtime->next)
        if (!runtime->residents[slot->index]) return false;
    return true;
}

bool warm_may_launch(const struct slot *slot, const void *runtime)
{
    const struct runtime *kept = runtime;
    const struct server *server = cgroup_version() == 1 ? kept->residents[slot->index] : kept->master;
    return server && server->ready;
}

/* An init process whose program does not come, because this fails or for any other reason, forks a plain one. */
static void ask_for_program(struct server *server, struct slot *slot, const struct launch *launch)
{
    struct warm_request request = {.kind = WARM_LAUNCH,
                                   .open_size = launch->open_size,
                                   .run_size = launch->run_size,
                                   .uid = slot->uid};
    int fds[WARM_MAX_FDS] = {launch->fds[LAUNCH_STDIN],  launch->fds[LAUNCH_STDOUT], launch->fds[LAUNCH_STDERR],
                             launch->fds[LAUNCH_REPORT], launch->other_end,          slot->region_fd};
    unsigned fd_count = JOIN_INIT;
    if (cgroup_version() == 2) fds[fd_count++] = slot->cgroup.dir_fd;
    if (send_with_fds(server->socket.fd, &request, sizeof request, fds, fd_count) == 0) server->runtime->uses++;
}

uint64_t warm_would_share(const struct slot *slot, struct bytes image, const struct run_request *request)
{
    const struct server *server = server_for(slot, image, request);
    if (!server) return 0;
    return request->flags & RUN_PARKED ? server->runtime->shared_bytes_parked : server->runtime->shared_bytes;
}

uint64_t warm_shares_parked(const void *runtime)
{
    return runtime ? ((const struct runtime *)runtime)->shared_bytes_parked : 0;
}

bool warm_launch(struct slot *slot, struct launch *launch, struct bytes image, const struct run_request *request)
{
    struct server *server = server_for(slot, image, request);
    int link[2];
    if (!server) return false;
    /* On v1 the keeper is given the payloads there too. */
    if (cgroup_version() == 2 && slot_share(slot, launch) != 0) return false;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) < 0) return false;
    warm.launched[slot->index] = server->runtime;
    struct launch linked = *launch;
    linked.other_end = link[1];
    linked.fds[LAUNCH_LINK] = link[0];
    int error = slot_launch(slot, &linked);
    if (!error) ask_for_program(server, slot, &linked);
    close(link[0]);
    close(link[1]);
    return error == 0;
}

void warm_leave(struct slot *slot)
{
    for (struct server *server = warm.servers; server; server = server->next) {
        if (server->slot != slot) continue;
        dismiss(server);
        server->slot = NULL; /* it counts in the group that it is in, which nobody asks any more */
    }
}

void warm_made(struct slot *slot)
{
    slot->from_server = true;
    warm.launched[slot->index]->failures = 0;
}

/* ---- upkeep ---- */

bool warm_reaped(pid_t pid)
{
    for (struct server *server = warm.servers; server; server = server->next) {
        if (server->pid != pid) continue;
        give_up(server);
        forget(server);
        return true;
    }
    return false;
}

static struct slot *slot_without(const struct runtime *runtime)
{
    for (unsigned i = 0; i < warm.slot_count; i++) {
        const struct server *server = runtime->residents[i];
        if (server && server->generation == runtime->generation) continue;
        struct slot *slot = slot_take_ready(i);
        if (slot) return slot;
    }
    return NULL;
}

/* When a master has served for long enough; one that has not been used since it came knows nothing worth renewing. */
static uint64_t renewal_due(const struct runtime *runtime)
{
    if (runtime->uses == 0) return UINT64_MAX;
    return runtime->uses >= USES_BEFORE_RENEWAL ? 0 : runtime->master->started_ns + warm.renewal_ns;
}

static uint64_t tend(struct runtime *runtime, uint64_t now)
{
    if (now < runtime->retry_at_ns) return runtime->retry_at_ns;
    struct server *successor = runtime->successor;
    if (successor) {
        if (now < successor->started_ns + START_PATIENCE_NS) return successor->started_ns + START_PATIENCE_NS;
        log_line("a fork server's interpreter does not come to its program");
        kill(successor->pid, SIGKILL);
        give_up(successor);
        return runtime->retry_at_ns;
    }
    if (!runtime->master || now >= renewal_due(runtime)) {
        int error = start_master(runtime);
        if (error) postpone(runtime);
        return error ? runtime->retry_at_ns : now + START_PATIENCE_NS;
    }
    /* Never the last slot: whoever comes meanwhile finds another one. */
    if (cgroup_version() == 1 && !warm.settling && slots_ready() > 1) {
        struct slot *slot = slot_without(runtime);
        if (slot) settle(runtime, slot);
    }
    return renewal_due(runtime);
}

/* Servers that ended before anybody knew their pid; whoever reaps them takes them for nobody. */
static void forget_unborn(void)
{
    for (struct server *server = warm.servers, *next; server; server = next) {
        next = server->next;
        if (server->dismissed && server->pid == 0) forget(server);
    }
}

uint64_t warm_tend(void)
{
    if (!warm.runtimes || !spawner_available()) return UINT64_MAX;
    forget_unborn();
    uint64_t now = now_ns(), next = UINT64_MAX;
    for (struct runtime *runtime = warm.runtimes; runtime; runtime = runtime->next) {
        uint64_t due = tend(runtime, now);
        if (due < next) next = due;
    }
    return next;
}

void warm_stop(void)
{
    /* Whoever is on the way into a slot says its pid first; without it nobody could wait for its end. */
    while (warm.settling) {
        struct pollfd answer = {.fd = warm.settling->socket.fd, .events = POLLIN};
        if (poll(&answer, 1, SETTLE_PATIENCE_MS) <= 0) break;
        hear(&warm.settling->socket, 0);
    }
    for (struct server *server = warm.servers; server; server = server->next)
        if (!server->dismissed) dismiss(server);
    while (warm.servers) {
        if (warm.servers->pid > 0) {
            kill(warm.servers->pid, SIGKILL);
            waitpid(warm.servers->pid, NULL, 0);
        }
        forget(warm.servers);
    }
}
