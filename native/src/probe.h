/* What this host can enforce, for `codeexec doctor`. */
#ifndef CODEEXEC_PROBE_H
#define CODEEXEC_PROBE_H

/* Prints one JSON object per line: {"name", "ok", "detail"}. Returns the exit code: 0 when all is well. */
int probe(void);

#endif
