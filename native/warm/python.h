/* Python as a fork server: nothing but its arguments needs renewing. */
#ifndef CODEEXEC_WARM_PYTHON_H
#define CODEEXEC_WARM_PYTHON_H

#include <stdbool.h>

bool python_is_here(void);
/* In the program: adds to what it keeps of its command line. */
void python_add_arguments(char *const *arguments, unsigned count);

#endif
