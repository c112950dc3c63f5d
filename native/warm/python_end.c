#include "python_end.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "early_return.h"
#include "python_heap.h"
#include "symbols.h"

typedef struct python_object python_object;

static struct {
    python_object *(*get_of_sys)(const char *name);                                   /* PySys_GetObject: borrowed */
    python_object *(*attribute)(python_object *object, const char *name);             /* PyObject_GetAttrString: new */
    python_object **(*attributes_of)(python_object *object);                          /* _PyObject_GetDictPtr */
    int (*next)(python_object *, intptr_t *, python_object **, python_object **);     /* PyDict_Next: borrowed */
    void *(*function_of)(python_object *function);                                    /* PyCFunction_GetFunction */
    void (*release)(python_object *object);                                           /* Py_DecRef */
    void (*forget_error)(void);                                                       /* PyErr_Clear */
    int (*is_finalizing)(void);                                                       /* Py_IsFinalizing */
    int (*enter)(void);                                                               /* PyGILState_Ensure */
    void (*leave)(int state);                                                         /* PyGILState_Release */
    /* Who calls the function that takes everything apart. */
    void *run_main, *exit;                                                            /* Py_RunMain, Py_Exit */
} python;

/* Attributes that were set on one object, by their names. */
#define MOST_NAMES 4u
struct names {
    const python_object *names[MOST_NAMES];
    unsigned count;
};

#define STREAMS 3u
/* A standard stream: text over a buffer over a file. */
#define LAYERS 3u
struct stream {
    const char *name, *kept_name; /* in `sys` */
    const python_object *layers[LAYERS];
    struct names set[LAYERS];
};
static const char *const LAYER_NAMES[LAYERS] = {NULL, "buffer", "raw"};

static struct {
    bool known;
    /* Something happened after which the end is as plain. */
    bool spoiled;
    /* Opened and not closed: who lists one is unknown to the collector, and warns when it goes. */
    int folders;
    struct stream streams[STREAMS];
    unsigned long long libraries_loaded;
    unsigned libraries;
} end = {.streams = {{.name = "stdin", .kept_name = "__stdin__"},
                     {.name = "stdout", .kept_name = "__stdout__"},
                     {.name = "stderr", .kept_name = "__stderr__"}}};

static bool find_functions(void)
{
    return symbol_find("PySys_GetObject", &python.get_of_sys) &&
           symbol_find("PyObject_GetAttrString", &python.attribute) &&
           symbol_find("_PyObject_GetDictPtr", &python.attributes_of) && symbol_find("PyDict_Next", &python.next) &&
           symbol_find("PyCFunction_GetFunction", &python.function_of) && symbol_find("Py_DecRef", &python.release) &&
           symbol_find("PyErr_Clear", &python.forget_error) &&
           symbol_find("Py_IsFinalizing", &python.is_finalizing) &&
           symbol_find("PyGILState_Ensure", &python.enter) && symbol_find("PyGILState_Release", &python.leave) &&
           symbol_find("Py_RunMain", &python.run_main) && symbol_find("Py_Exit", &python.exit);
}

/* ---- standard streams ---- */

static bool read_names(python_object *object, struct names *names)
{
    python_object **attributes = python.attributes_of(object), *name, *value;
    intptr_t at = 0;
    names->count = 0;
    while (attributes && *attributes && python.next(*attributes, &at, &name, &value)) {
        if (names->count == MOST_NAMES) return false;
        names->names[names->count++] = name;
    }
    return true;
}

/* The stream as it is now. False unless `sys` has it by both its names, with all its layers. */
static bool read_stream(const char *name, const char *kept_name, struct stream *stream)
{
    python_object *object = python.get_of_sys(name);
    if (!object || object != python.get_of_sys(kept_name)) return false;
    for (unsigned i = 0; i < LAYERS; i++) {
        if (i > 0) {
            object = python.attribute(object, LAYER_NAMES[i]);
            if (!object) {
                python.forget_error();
                return false;
            }
            python.release(object); /* the layer above holds it */
        }
        stream->layers[i] = object;
        if (!read_names(object, &stream->set[i])) return false;
    }
    return true;
}

static bool same_stream(const struct stream *before, const struct stream *now)
{
    for (unsigned i = 0; i < LAYERS; i++) {
        const struct names *names = &before->set[i];
        if (before->layers[i] != now->layers[i] || names->count != now->set[i].count ||
            memcmp(names->names, now->set[i].names, names->count * sizeof *names->names) != 0)
            return false;
    }
    return true;
}

/*
 * A stream that was replaced, or given a method of its own, would be seen going. So no code of the program is asked
 * here: the types of the standard streams, and where their layers are, cannot be changed.
 */
static bool streams_are_as_before(void)
{
    for (unsigned i = 0; i < STREAMS; i++) {
        const struct stream *before = &end.streams[i];
        struct stream now = {.name = NULL};
        if (!read_stream(before->name, before->kept_name, &now) || !same_stream(before, &now)) return false;
    }
    return true;
}

/* ---- libraries ---- */

/* Modules of the standard library whose objects go silently, and what they need. Of all others nothing is known. */
static const char *const SILENT_MODULES[] = {
    "_bisect", "_blake2", "_bz2", "_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr",
    "_codecs_tw", "_contextvars", "_csv", "_datetime", "_decimal", "_elementtree", "_hashlib", "_heapq", "_json",
    "_lzma", "_md5", "_multibytecodec", "_opcode", "_pickle", "_queue", "_random", "_sha1", "_sha2", "_sha3",
    "_statistics", "_struct", "_uuid", "_zoneinfo", "array", "binascii", "cmath", "math", "mmap", "pyexpat", "resource",
    "select", "termios", "unicodedata", "zlib",
};
static const char *const SILENT_LIBRARIES[] = {"libbz2", "libcrypto", "libexpat", "liblzma", "libmpdec", "libuuid",
                                               "libz", "libzstd"};

static bool is_one_of(const char *name, size_t length, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == length && strncmp(list[i], name, length) == 0) return true;
    return false;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_silent_library(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strcspn(name, ".");
    if (strstr(path, "/lib-dynload/")) return is_one_of(name, length, SILENT_MODULES, COUNT(SILENT_MODULES));
    return is_one_of(name, length, SILENT_LIBRARIES, COUNT(SILENT_LIBRARIES));
}

struct libraries {
    unsigned long long loaded;
    unsigned count;
    bool silent;
};

static int look_at_library(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    struct libraries *libraries = data;
    libraries->loaded = info->dlpi_adds;
    /* They come in the order in which they were loaded. */
    if (libraries->count++ >= end.libraries && !is_silent_library(info->dlpi_name)) libraries->silent = false;
    return 0;
}

static struct libraries look_at_libraries(void)
{
    struct libraries libraries = {.silent = true};
    dl_iterate_phdr(look_at_library, &libraries);
    return libraries;
}

static bool libraries_are_silent(void)
{
    struct libraries now = look_at_libraries();
    /* None was unloaded either. */
    return now.silent && now.loaded - end.libraries_loaded == now.count - end.libraries;
}

/* ---- hooks for auditing ---- */

/* `PyMethodDef`, and the object of a function that is written in C, as far as needed. */
typedef python_object *audit_function(python_object *, python_object *const *, intptr_t, python_object *);
struct method {
    const char *name;
    audit_function *function;
    int flags;
};
#define FAST_WITH_KEYWORDS 0x82 /* METH_FASTCALL | METH_KEYWORDS */
struct function {
    intptr_t references;
    python_object *type;
    struct method *method;
};

static audit_function *add_audit_hook;

/* Such a hook is told about the end, and nothing shows that there is one. */
static python_object *note_audit_hook(python_object *module, python_object *const *arguments, intptr_t count,
                                      python_object *keywords)
{
    end.spoiled = true;
    return add_audit_hook(module, arguments, count, keywords);
}

static bool watch_audit_hooks(void)
{
    struct function *function = (struct function *)python.get_of_sys("addaudithook");
    if (!function || !function->method || strcmp(function->method->name, "addaudithook") != 0) return false;
    struct method *method = function->method;
    void *known = python.function_of((python_object *)function);
    if (!known || memcmp(&known, &method->function, sizeof known) != 0 || method->flags != FAST_WITH_KEYWORDS)
        return false;
    add_audit_hook = method->function;
    method->function = note_audit_hook;
    return true;
}

/* ---- before the fork ---- */

void python_end_learn(void)
{
    if (!find_functions()) return;
    int state = python.enter();
    bool known = true;
    for (unsigned i = 0; i < STREAMS; i++) {
        struct stream *stream = &end.streams[i];
        known = known && read_stream(stream->name, stream->kept_name, stream);
    }
    struct libraries libraries = look_at_libraries();
    end.libraries_loaded = libraries.loaded;
    end.libraries = libraries.count;
    /* By what was done to look functions up. */
    end.spoiled = false;
    end.folders = 0;
    end.known = known && python_heap_learn() && watch_audit_hooks();
    python.leave(state);
}

bool python_end_is_known(void)
{
    return end.known;
}

/* ---- in a program ---- */

void python_end_spoil(void)
{
    end.spoiled = true;
}

void python_end_folder_opened(void)
{
    end.folders++;
}

void python_end_folder_closed(void)
{
    end.folders--;
}

void python_end_signal_changes(int signal, const struct sigaction *action)
{
    if (!end.known || !action) return;
    bool ends = signal == SIGINT && action->sa_handler == SIG_DFL && python.is_finalizing();
    /* A handler that a program has set would be taken back one by one; and what ends has ended. */
    bool spoiled = end.spoiled;
    end.spoiled = true;
    if (!ends || spoiled || end.folders != 0) return;
    if (!streams_are_as_before() || !libraries_are_silent() || !python_heap_is_silent()) return;
    const void *const callers[] = {python.run_main, python.exit};
    return_early_to(callers, COUNT(callers), 0);
}
