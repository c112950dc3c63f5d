/*
 * Loaded into the service's own process: has the C library give memory back. Its thresholds grow with what is freed, up
 * to 32 MiB, after which buffers of that size are cut out of heaps that shrink only at their end: the service would stay
 * as large as its largest storm made it. Settings by environment would reach it only where somebody starts it that way.
 *
 * Exports one function, which returns to the system what is free in between. Kept to the one function of Node-API that
 * it needs, declared here, so that no headers of Node are.
 */
#include <malloc.h>
#include <stddef.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);

extern int napi_create_function(napi_env env, const char *name, size_t length, napi_callback callback, void *data,
                                napi_value *result);

#define LARGE_BYTES (256 * 1024)
#define ARENAS 2

static napi_value give_back(napi_env env, napi_callback_info info)
{
    (void)env;
    (void)info;
    malloc_trim(0);
    return NULL;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports);

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    napi_value function = NULL;
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
    mallopt(M_ARENA_MAX, ARENAS);
    return napi_create_function(env, "giveBack", sizeof "giveBack" - 1, give_back, NULL, &function) == 0 ? function
                                                                                                         : exports;
}
