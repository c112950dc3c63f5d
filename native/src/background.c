#include "background.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "loop.h"
#include "util.h"

#define STACK_BYTES (256u * 1024u)

struct queue {
    struct background_task *first, **end;
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t work_added, all_done;
    struct queue waiting, finished;
    /* Threads that wait for work, and tasks that are not finished. */
    unsigned idle, unfinished;
    struct watch watch;
} background = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                .work_added = PTHREAD_COND_INITIALIZER,
                .all_done = PTHREAD_COND_INITIALIZER};

static void add(struct queue *queue, struct background_task *task)
{
    task->next = NULL;
    *queue->end = task;
    queue->end = &task->next;
}

static struct background_task *take(struct queue *queue)
{
    struct background_task *task = queue->first;
    if (!task) return NULL;
    queue->first = task->next;
    if (!queue->first) queue->end = &queue->first;
    return task;
}

static void finish(struct background_task *task)
{
    const uint64_t one = 1;
    add(&background.finished, task);
    if (--background.unfinished == 0) pthread_cond_signal(&background.all_done);
    if (write(background.watch.fd, &one, sizeof one) < 0) _exit(1); /* cannot be: nobody counts to 2^64 */
}

static void *serve(void *unused)
{
    (void)unused;
    prctl(PR_SET_NAME, "codeexec-clean");
    pthread_mutex_lock(&background.mutex);
    for (;;) {
        struct background_task *task = take(&background.waiting);
        if (!task) {
            background.idle++;
            pthread_cond_wait(&background.work_added, &background.mutex);
            background.idle--;
            continue;
        }
        pthread_mutex_unlock(&background.mutex);
        task->work(task);
        pthread_mutex_lock(&background.mutex);
        finish(task);
    }
    return NULL;
}

static void take_finished(struct watch *watch, uint32_t events)
{
    (void)events;
    uint64_t count;
    if (read(watch->fd, &count, sizeof count) < 0) return;
    pthread_mutex_lock(&background.mutex);
    struct background_task *task = background.finished.first;
    background.finished = (struct queue){.end = &background.finished.first};
    pthread_mutex_unlock(&background.mutex);
    while (task) {
        struct background_task *next = task->next;
        task->done(task);
        task = next;
    }
}

/* Signals are the loop's. */
static bool start_thread(void)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, &attributes, serve, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

void background_start(void)
{
    background.waiting.end = &background.waiting.first;
    background.finished.end = &background.finished.first;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) die("eventfd");
    watch_add(&background.watch, fd, EPOLLIN, take_finished, NULL);
    if (!start_thread()) die("a thread for cleaning cannot be started");
}

void background_do(struct background_task *task)
{
    pthread_mutex_lock(&background.mutex);
    unsigned queued = 0;
    for (const struct background_task *at = background.waiting.first; at; at = at->next) queued++;
    bool has_thread = background.idle > queued;
    add(&background.waiting, task);
    background.unfinished++;
    pthread_cond_signal(&background.work_added);
    pthread_mutex_unlock(&background.mutex);
    /* As many as there is work for at once, at most one for each slot: none waits for another's. */
    if (!has_thread) start_thread();
}

void background_stop(void)
{
    pthread_mutex_lock(&background.mutex);
    while (background.unfinished > 0) pthread_cond_wait(&background.all_done, &background.mutex);
    pthread_mutex_unlock(&background.mutex);
}
