/* Functions and variables of the interpreter that this library is loaded into. */
#ifndef CODEEXEC_WARM_SYMBOLS_H
#define CODEEXEC_WARM_SYMBOLS_H

#include <stdbool.h>

/* Puts the address of what has this name in `place`, a pointer of the right type; NULL, and false, if nothing has. */
bool symbol_find(const char *name, void *place);

#endif
