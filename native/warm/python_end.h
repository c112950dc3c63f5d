/*
 * How a Python program ends. A plain interpreter takes everything apart that it has made, object by object, and then
 * leaves. In a fork this costs more than the program: nearly every page that is shared with the server is written to,
 * so copied first. What nobody could notice is left out.
 */
#ifndef CODEEXEC_WARM_PYTHON_END_H
#define CODEEXEC_WARM_PYTHON_END_H

#include <signal.h>
#include <stdbool.h>

/*
 * In the server, when nothing of a program is there yet. Without it, or if it finds something unknown, all is as plain.
 */
void python_end_learn(void);
bool python_end_is_known(void);

/* A thread was made, or a write failed: the end is as plain. */
void python_end_spoil(void);
void python_end_folder_opened(void);
void python_end_folder_closed(void);
/*
 * Before a signal's action changes. The last thing of all that is done before objects are taken apart, when exit
 * functions have run and output is written, is to give SIGINT its default action.
 */
void python_end_signal_changes(int signal, const struct sigaction *action);

#endif
