#include "python.h"

#include "symbols.h"

/* From Python's stable C interface. Objects are only handed around. */
typedef struct python_object python_object;

static struct {
    python_object *(*get_of_sys)(const char *name);            /* PySys_GetObject: borrowed */
    python_object *(*decode)(const char *text);                /* PyUnicode_DecodeFSDefault: new */
    int (*append)(python_object *list, python_object *item);   /* PyList_Append */
    void (*release)(python_object *object);                    /* Py_DecRef */
    int (*enter)(void);                                        /* PyGILState_Ensure */
    void (*leave)(int state);                                  /* PyGILState_Release */
} python;

bool python_is_here(void)
{
    if (python.leave) return true;
    return symbol_find("PySys_GetObject", &python.get_of_sys) &&
           symbol_find("PyUnicode_DecodeFSDefault", &python.decode) && symbol_find("PyList_Append", &python.append) &&
           symbol_find("Py_DecRef", &python.release) && symbol_find("PyGILState_Ensure", &python.enter) &&
           symbol_find("PyGILState_Release", &python.leave);
}

void python_add_arguments(char *const *arguments, unsigned count)
{
    /* The interpreter lets go of its lock while it looks at a file. */
    int state = python.enter();
    python_object *lists[] = {python.get_of_sys("argv"), python.get_of_sys("orig_argv")};
    for (unsigned i = 0; i < count; i++) {
        python_object *argument = python.decode(arguments[i]);
        for (unsigned list = 0; argument && list < 2; list++)
            if (lists[list]) python.append(lists[list], argument);
        if (argument) python.release(argument);
    }
    python.leave(state);
}
