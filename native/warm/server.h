/* The fork server inside an interpreter; capture.c finds the moment, server.c serves, the runtimes' files finish. */
#ifndef CODEEXEC_WARM_SERVER_H
#define CODEEXEC_WARM_SERVER_H

#include <stdbool.h>

/* True for the file of the program, by whichever name an interpreter calls it. */
bool server_is_entry(const char *path);
/* True until the interpreter has come to its program. */
bool server_waits(void);
/* The program's file. */
const char *server_entry(void);
/* Serves for as long as the supervisor wants it, and returns in each program that was launched. */
void server_run(void);

#endif
