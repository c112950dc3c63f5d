#include "node_objects.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "mappings.h"
#include "process_image.h"
#include "symbols.h"

/* Of V8's C++ interface: handles are addresses, alone in their objects, and passed as such. */
typedef void *handle;

static struct {
    void *(*isolate)(void);
    handle (*context)(void *isolate);
    handle (*global)(handle context);
    handle (*string)(void *isolate, const char *text, int kind, int size);
    handle (*get)(handle object, handle context, handle key);
    uint32_t (*length)(handle array);
    uint16_t (*set)(handle array, handle context, uint32_t index, handle value);
    handle (*call)(handle function, handle context, handle receiver, int count, handle *arguments);
    void (*open_scope)(void *scope, void *isolate);
    void (*close_scope)(void *scope);
} v8;

/* libuv's: where the title of the process can be written, over its arguments. */
struct title {
    const char *text;
    size_t size, room;
};

static struct title *title;

static bool find_title(void)
{
    struct range data = mappings_data();
    const char *arguments = process_image_arguments();
    for (uintptr_t at = data.start; at + sizeof *title <= data.end; at += sizeof(uint64_t)) {
        struct title *candidate = (struct title *)at;
        if (candidate->text == arguments && candidate->size == strlen(arguments) && candidate->room > candidate->size)
            title = candidate;
    }
    return title;
}

bool node_objects_find(void)
{
    return symbol_find("_ZN2v87Isolate10GetCurrentEv", &v8.isolate) &&
           symbol_find("_ZN2v87Isolate17GetCurrentContextEv", &v8.context) &&
           symbol_find("_ZN2v87Context6GlobalEv", &v8.global) &&
           symbol_find("_ZN2v86String11NewFromUtf8EPNS_7IsolateEPKcNS_13NewStringTypeEi", &v8.string) &&
           symbol_find("_ZN2v86Object3GetENS_5LocalINS_7ContextEEENS1_INS_5ValueEEE", &v8.get) &&
           symbol_find("_ZNK2v85Array6LengthEv", &v8.length) &&
           symbol_find("_ZN2v86Object3SetENS_5LocalINS_7ContextEEEjNS1_INS_5ValueEEE", &v8.set) &&
           symbol_find("_ZN2v88Function4CallENS_5LocalINS_7ContextEEENS1_INS_5ValueEEEiPS5_", &v8.call) &&
           symbol_find("_ZN2v811HandleScopeC1EPNS_7IsolateE", &v8.open_scope) &&
           symbol_find("_ZN2v811HandleScopeD1Ev", &v8.close_scope) && find_title();
}

/* Handles live until their scope ends. */
struct scope {
    uint64_t v8[8]; /* larger than V8's own */
    void *isolate;
    handle context;
};

static void open_scope(struct scope *scope)
{
    scope->isolate = v8.isolate();
    v8.open_scope(scope->v8, scope->isolate);
    scope->context = v8.context(scope->isolate);
}

static handle text_of(const struct scope *scope, const char *text)
{
    return v8.string(scope->isolate, text, 0, -1);
}

static handle property(const struct scope *scope, handle object, const char *name)
{
    handle key = object ? text_of(scope, name) : NULL;
    return key ? v8.get(object, scope->context, key) : NULL;
}

/*
 * The module behind standard streams that are pipes, and those behind it. Loading them has no effect but that they are
 * there, and takes a third of the time of a program that prints a line.
 */
bool node_objects_load(void)
{
    struct scope scope;
    open_scope(&scope);
    handle process = property(&scope, v8.global(scope.context), "process");
    handle load = property(&scope, process, "getBuiltinModule");
    handle name = text_of(&scope, "net");
    bool is_loaded = load && name && v8.call(load, scope.context, process, 1, &name);
    v8.close_scope(scope.v8);
    return is_loaded;
}

void node_objects_add_arguments(char *const *arguments, unsigned count, char *shown, size_t shown_bytes)
{
    struct scope scope;
    open_scope(&scope);
    handle list = property(&scope, property(&scope, v8.global(scope.context), "process"), "argv");
    if (!list) _exit(1);
    uint32_t length = v8.length(list);
    for (unsigned i = 0; i < count; i++) {
        handle argument = text_of(&scope, arguments[i]);
        if (argument) v8.set(list, scope.context, length + i, argument);
    }
    v8.close_scope(scope.v8);
    *title = (struct title){.text = shown, .size = title->size, .room = shown_bytes};
}
