/*
 * The guard: starts supervisors for a service that is not root, one at a time, and does nothing else as root.
 *
 * It is the service's child and talks to it over descriptor 3: it says where it listens, and ends when the service
 * does. Each connection there becomes the socket of a supervisor; nobody but the service's own process is let in. When
 * a supervisor has ended the guard says how, and waits for the next connection.
 */
#ifndef CODEEXEC_GUARD_H
#define CODEEXEC_GUARD_H

/* What the service may write to descriptor 3. */
#define GUARD_KILL 'k'

/* Ends with the service. Returns only in a supervisor, whose socket is then descriptor 3. */
void guard_run(void);

#endif
