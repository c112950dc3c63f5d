#include "node_times.h"

#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "mappings.h"
#include "symbols.h"
#include "util.h"

#define MAX_TOLD 1024u
#define MAX_NOTES 256u
#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS 1000000
#define NS_PER_US 1000

/* How a time is written down. */
enum form { WHOLE_NS, DOUBLE_NS, DOUBLE_US, DOUBLE_MS, WHOLE_MS, FORMS };

struct told {
    bool is_date; /* by the calendar; otherwise since the machine's start */
    int64_t ns;
};

struct note {
    void *place;
    enum form form;
    bool is_date;
};

static struct {
    struct told told[MAX_TOLD];
    unsigned told_count;
    struct note notes[MAX_NOTES];
    unsigned note_count;
    int64_t stopped_ns, stopped_date_ns;
    void *loop;
    void (*update)(void *loop);
} times;

static int64_t to_ns(const struct timespec *time)
{
    return (int64_t)time->tv_sec * NS_PER_SECOND + time->tv_nsec;
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return to_ns(&time);
}

void node_times_told(clockid_t clock, const struct timespec *time)
{
    bool is_date = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (!is_date && clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE) return;
    /* Also by its other threads. */
    unsigned at = __atomic_fetch_add(&times.told_count, 1, __ATOMIC_RELAXED);
    if (at < MAX_TOLD) times.told[at] = (struct told){.is_date = is_date, .ns = to_ns(time)};
}

void node_times_stop(void)
{
    times.stopped_ns = read_clock(CLOCK_MONOTONIC);
    times.stopped_date_ns = read_clock(CLOCK_REALTIME);
}

/* ---- finding ---- */

/* The words by which a time may have been noted. */
static void forms_of(int64_t ns, uint64_t words[FORMS])
{
    double doubles[] = {(double)ns, (double)(ns / NS_PER_US), (double)ns / NS_PER_MS};
    words[WHOLE_NS] = (uint64_t)ns;
    memcpy(&words[DOUBLE_NS], doubles, sizeof doubles);
    words[WHOLE_MS] = (uint64_t)(ns / NS_PER_MS);
}

static bool add_note(void *place, enum form form, bool is_date)
{
    for (unsigned i = 0; i < times.note_count; i++)
        if (times.notes[i].place == place) return true;
    if (times.note_count == MAX_NOTES) return false;
    times.notes[times.note_count++] = (struct note){.place = place, .form = form, .is_date = is_date};
    return true;
}

/* Milliseconds are numbers that may mean something else; they are looked for only where some must be. */
static bool find_in(uintptr_t start, uintptr_t end, enum form first, enum form last)
{
    for (unsigned i = 0; i < times.told_count; i++) {
        uint64_t words[FORMS];
        forms_of(times.told[i].ns, words);
        for (const uint64_t *at = (const uint64_t *)start; at < (const uint64_t *)end; at++)
            for (enum form form = first; form <= last; form++)
                if (*at == words[form] && at != (const uint64_t *)&times.told[i].ns &&
                    !add_note((void *)(uintptr_t)at, form, times.told[i].is_date))
                    return false;
    }
    return true;
}

static void *call(const char *name, void *argument)
{
    void *(*function)(void *);
    return symbol_find(name, &function) ? function(argument) : NULL;
}

/* What `setTimeout` counts from, in the object of Node's that stands for a running program. */
static bool find_timer_base(void *isolate)
{
    /* A handle is the address of a slot; the scope that owns it is that of the call from JavaScript that we are in. */
    void *context = call("_ZN2v87Isolate17GetCurrentContextEv", isolate);
    uintptr_t environment = context ? (uintptr_t)call("_ZN4node21GetCurrentEnvironmentEN2v85LocalINS0_7ContextEEE",
                                                      context) : 0;
    if (!environment) return false;
    unsigned before = times.note_count;
    size_t size = malloc_usable_size((void *)environment);
    return find_in(environment, environment + size, WHOLE_MS, WHOLE_MS) && times.note_count == before + 1;
}

bool node_times_find(void)
{
    void *isolate = call("_ZN2v87Isolate10GetCurrentEv", NULL);
    if (!isolate || times.told_count > MAX_TOLD) return false;
    times.loop = call("_ZN4node19GetCurrentEventLoopEPN2v87IsolateE", isolate);
    symbol_find("uv_update_time", &times.update);
    struct range heap = mappings_heap(), data = mappings_data();
    return times.loop && times.update && find_timer_base(isolate) &&
           find_in(heap.start, heap.end, WHOLE_NS, DOUBLE_MS) && find_in(data.start, data.end, WHOLE_NS, DOUBLE_MS);
}

/* ---- in the program ---- */

static void move_whole(void *place, int64_t by)
{
    int64_t value;
    memcpy(&value, place, sizeof value);
    value += by;
    memcpy(place, &value, sizeof value);
}

static void move_double(void *place, double by)
{
    double value;
    memcpy(&value, place, sizeof value);
    value += by;
    memcpy(place, &value, sizeof value);
}

void node_times_renew(void)
{
    int64_t since = read_clock(CLOCK_MONOTONIC) - times.stopped_ns;
    int64_t since_date = read_clock(CLOCK_REALTIME) - times.stopped_date_ns;
    for (unsigned i = 0; i < times.note_count; i++) {
        const struct note *note = &times.notes[i];
        int64_t by = note->is_date ? since_date : since;
        if (note->form == WHOLE_NS) move_whole(note->place, by);
        else if (note->form == WHOLE_MS) move_whole(note->place, by / NS_PER_MS);
        else if (note->form == DOUBLE_NS) move_double(note->place, (double)by);
        else if (note->form == DOUBLE_US) move_double(note->place, (double)(by / NS_PER_US));
        else move_double(note->place, (double)by / NS_PER_MS);
    }
    times.update(times.loop);
}
