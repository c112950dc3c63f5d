/*
 * The collector knows every object that can hold others: instances of every class that a program can write, files,
 * generators, weak references, classes. They are looked at, and not touched: counting a reference to each, as the
 * interpreter's own functions do, would copy every page of the interpreter for nothing.
 */
#include "python_heap.h"

#include <dlfcn.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

/* `PyObject` and what the collector has before each that it knows; both of CPython's usual build. */
struct object {
    intptr_t references;
    struct object *type;
};
struct gc_head {
    struct gc_head *next;
    uintptr_t previous; /* with two flags */
};

#define GENERATIONS 3u
/* Packed in some builds. */
struct __attribute__((packed, aligned(4))) generation {
    struct gc_head objects;
    int threshold, count;
};
#define SETTINGS 3u
/* `struct _gc_runtime_state` of CPython 3.12 and 3.13, from the pointer to its first generation on. */
struct collector {
    struct generation *generations; /* before this, and before them whether it is enabled and what it reports */
    struct generation permanent;
    struct {
        intptr_t collections, collected, uncollectable;
    } statistics[GENERATIONS];
    int collecting;
    struct object *garbage, *callbacks;
};
/* A weak reference, as far as needed. */
struct weak_reference {
    struct object object;
    struct object *referent, *callback;
};

static struct {
    struct object *(*interpreter)(void);                               /* PyInterpreterState_Get */
    void (*visit)(int (*)(struct object *, void *), void *);           /* PyUnstable_GC_VisitObjects */
    void *(*slot)(struct object *type, int number);                    /* PyType_GetSlot */
    unsigned long (*flags)(struct object *type);                       /* PyType_GetFlags */
    int (*derives)(struct object *type, struct object *base);          /* PyType_IsSubtype */
    intptr_t (*list_size)(struct object *list);                        /* PyList_Size */
    struct object *(*attribute)(struct object *object, const char *);  /* PyObject_GetAttrString: new */
    void (*release)(struct object *object);                            /* Py_DecRef */
    void (*forget_error)(void);                                        /* PyErr_Clear */
    void *(*function_of)(struct object *function);                     /* PyCFunction_GetFunction */
    struct object *function_type, *list_type, *none;                   /* PyCFunction_Type and so on */
    struct object *weak_types[3];                                      /* _PyWeakref_RefType, ...ProxyType */
} python;

/* Of the stable interface: `Py_tp_del`, `Py_tp_finalize`, `Py_TPFLAGS_HAVE_GC`, `Py_TPFLAGS_TYPE_SUBCLASS`. */
enum { SLOT_DEL = 53, SLOT_FINALIZE = 80 };
#define KNOWN_TO_COLLECTOR (1ul << 14)
#define IS_CLASS (1ul << 31)

/* What an object may do when it goes, by its type. */
enum kind { UNSEEN, SILENT, FINALIZED, WEAK, CLASS };
/* Of one walk: the kinds of the types met, in the low bits of their addresses. */
#define MOST_TYPES 256u
#define KIND_BITS ((uintptr_t)7)
struct types {
    uintptr_t entries[MOST_TYPES];
    unsigned count;
};

/* What a plain start leaves behind that would not go silently: its standard streams, classes of its library. */
#define MOST_NOTED 256u
struct noted {
    const struct object *object, *type, *callback;
};
static struct {
    struct collector *collector;
    struct collector as_before;
    int settings[SETTINGS];
    struct noted noted[MOST_NOTED];
    unsigned noted_count;
    /* The library's own function that forgets a class which has gone. */
    void *forgets;
} heap;

static bool find_functions(void)
{
    return symbol_find("PyInterpreterState_Get", &python.interpreter) &&
           symbol_find("PyUnstable_GC_VisitObjects", &python.visit) && symbol_find("PyType_GetSlot", &python.slot) &&
           symbol_find("PyType_GetFlags", &python.flags) && symbol_find("PyType_IsSubtype", &python.derives) &&
           symbol_find("PyList_Size", &python.list_size) &&
           symbol_find("PyObject_GetAttrString", &python.attribute) && symbol_find("Py_DecRef", &python.release) &&
           symbol_find("PyErr_Clear", &python.forget_error) &&
           symbol_find("PyCFunction_GetFunction", &python.function_of) &&
           symbol_find("PyCFunction_Type", &python.function_type) && symbol_find("PyList_Type", &python.list_type) &&
           symbol_find("_Py_NoneStruct", &python.none) && symbol_find("_PyWeakref_RefType", &python.weak_types[0]) &&
           symbol_find("_PyWeakref_ProxyType", &python.weak_types[1]) &&
           symbol_find("_PyWeakref_CallableProxyType", &python.weak_types[2]);
}

static struct object *object_of(struct gc_head *head)
{
    return (struct object *)(head + 1);
}

/* ---- kinds ---- */

static bool is_finalized(struct object *type)
{
    return python.slot(type, SLOT_FINALIZE) || python.slot(type, SLOT_DEL);
}

static enum kind find_kind(struct object *type)
{
    if (is_finalized(type)) return FINALIZED;
    if (python.flags(type) & IS_CLASS) return CLASS;
    /* All of one shape. Only the first can be derived from. */
    if (type == python.weak_types[1] || type == python.weak_types[2]) return WEAK;
    return python.derives(type, python.weak_types[0]) ? WEAK : SILENT;
}

static enum kind kind_of(struct types *types, struct object *type)
{
    uintptr_t address = (uintptr_t)type;
    for (uintptr_t at = address >> 4;; at++) {
        uintptr_t *entry = &types->entries[at % MOST_TYPES];
        if ((*entry & ~KIND_BITS) == address) return (enum kind)(*entry & KIND_BITS);
        if (*entry) continue;
        enum kind kind = find_kind(type);
        /* Some stay free, so that every search ends. */
        if (types->count < MOST_TYPES / 2) {
            *entry = address | (uintptr_t)kind;
            types->count++;
        }
        return kind;
    }
}

static struct object *callback_of(const struct object *object, enum kind kind)
{
    return kind == WEAK ? ((const struct weak_reference *)object)->callback : NULL;
}

/* Whether it might do something when it goes. */
static bool may_speak(struct object *object, enum kind kind)
{
    switch (kind) {
    case FINALIZED: return true;
    /* The instances of such a class are unknown to the collector. */
    case CLASS: return !(python.flags(object) & KNOWN_TO_COLLECTOR) && is_finalized(object);
    case WEAK: {
        struct object *callback = callback_of(object, kind);
        return callback && !(heap.forgets && callback->type == python.function_type &&
                             python.function_of(callback) == heap.forgets);
    }
    default: return false;
    }
}

static bool is_noted(const struct object *object, enum kind kind)
{
    for (unsigned i = 0; i < heap.noted_count; i++)
        if (heap.noted[i].object == object)
            return heap.noted[i].type == object->type && heap.noted[i].callback == callback_of(object, kind);
    return false;
}

/* ---- the lists ---- */

/* Calls `look` with every object that the collector knows, until it says false. */
static bool walk(bool (*look)(struct object *, void *), void *data)
{
    struct collector *collector = heap.collector;
    for (unsigned i = 0; i <= GENERATIONS; i++) {
        struct gc_head *end = (void *)(i < GENERATIONS ? &collector->generations[i] : &collector->permanent);
        for (struct gc_head *head = end->next; head != end; head = head->next)
            if (!look(object_of(head), data)) return false;
    }
    return true;
}

static bool is_list(const struct object *object)
{
    return object && ((uintptr_t)object & 7) == 0 && object->type == python.list_type;
}

/* It points to what lies before it, has thresholds, and two lists of what is not there. */
static bool is_collector(const struct collector *at)
{
    uintptr_t gap = (uintptr_t)at - (uintptr_t)at->generations - GENERATIONS * sizeof *at->generations;
    if (gap >= sizeof(void *) || at->collecting != 0) return false;
    for (unsigned i = 0; i < GENERATIONS; i++)
        if (at->generations[i].threshold <= 0 || at->generations[i].count < 0) return false;
    return is_list(at->callbacks) && python.list_size(at->callbacks) == 0 && is_list(at->garbage) &&
           python.list_size(at->garbage) == 0;
}

/* The first interpreter's is a part of the runtime's own data. */
static bool find_collector(void)
{
    Dl_info info;
    const ElfW(Sym) *symbol = NULL;
    char *runtime;
    if (!symbol_find("_PyRuntime", &runtime)) return false;
    if (!dladdr1(runtime, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol) return false;
    char *start = (char *)python.interpreter(), *end = runtime + symbol->st_size;
    if (start < runtime || start >= end) return false;
    for (char *at = start; at + sizeof *heap.collector <= end; at += sizeof(void *)) {
        if (!is_collector((struct collector *)at)) continue;
        if (heap.collector) return false;
        heap.collector = (struct collector *)at;
    }
    if (!heap.collector) return false;
    heap.as_before = *heap.collector;
    memcpy(heap.settings, (int *)(void *)heap.collector->generations - SETTINGS, sizeof heap.settings);
    return true;
}

struct comparison {
    struct object **objects;
    size_t count, room;
    bool same;
};

static int visit_object(struct object *object, void *data)
{
    struct comparison *all = data;
    if (all->count < all->room) all->objects[all->count] = object;
    all->count++;
    return 1;
}

static bool compare_object(struct object *object, void *data)
{
    struct comparison *all = data;
    all->same = all->count < all->room && all->objects[all->count++] == object;
    return all->same;
}

/* Walks as the interpreter does. */
static bool lists_are_complete(void)
{
    struct comparison all = {.same = true};
    python.visit(visit_object, &all);
    size_t count = all.count;
    all.objects = calloc(count, sizeof(struct object *));
    if (!all.objects) return false;
    all.room = count;
    all.count = 0;
    python.visit(visit_object, &all);
    bool complete = all.count == count;
    all.count = 0;
    complete = complete && walk(compare_object, &all) && all.same && all.count == count;
    free(all.objects);
    return complete;
}

/* ---- before the fork ---- */

#define MOST_ASKED 2u

struct learning {
    struct types types;
    unsigned asked[2]; /* with a callback, and without */
    bool known;
};

/*
 * A weak reference says itself which callback it has. A few are asked, as asking leaves traces in memory; a proxy would
 * ask its object.
 */
static bool has_callback_where_known(struct object *object, const struct object *callback)
{
    struct object *said = python.attribute(object, "__callback__");
    if (!said) {
        python.forget_error();
        return false;
    }
    python.release(said); /* the reference holds it */
    return said == (callback ? callback : python.none);
}

static bool note(struct object *object, void *data)
{
    struct learning *learning = data;
    enum kind kind = kind_of(&learning->types, object->type);
    struct object *callback = callback_of(object, kind);
    if (kind == WEAK && object->type == python.weak_types[0] && learning->asked[!callback]++ < MOST_ASKED &&
        !has_callback_where_known(object, callback))
        learning->known = false;
    if (callback && callback->type == python.function_type && !heap.forgets)
        heap.forgets = python.function_of(callback);
    if (!may_speak(object, kind)) return learning->known;
    if (heap.noted_count == MOST_NOTED) learning->known = false;
    else heap.noted[heap.noted_count++] = (struct noted){object, object->type, callback};
    return learning->known;
}

bool python_heap_learn(void)
{
    if (!find_functions() || !find_collector() || !lists_are_complete()) return false;
    struct learning learning = {.known = true};
    return walk(note, &learning) && learning.asked[0] > 0 && learning.asked[1] > 0;
}

/* ---- in a program ---- */

static bool goes_silently(struct object *object, void *types)
{
    enum kind kind = kind_of(types, object->type);
    return kind == SILENT || !may_speak(object, kind) || is_noted(object, kind);
}

bool python_heap_is_silent(void)
{
    const struct collector *now = heap.collector, *before = &heap.as_before;
    /* Nobody has told it what to report, or whom; nothing was found that cannot be freed. */
    if (memcmp((int *)(void *)now->generations - SETTINGS, heap.settings, sizeof heap.settings) != 0 ||
        now->collecting || now->callbacks != before->callbacks || python.list_size(now->callbacks) != 0 ||
        now->garbage != before->garbage || python.list_size(now->garbage) != 0)
        return false;
    struct types types = {.count = 0};
    return walk(goes_silently, &types);
}
