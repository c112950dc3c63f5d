/* Small things every file needs: checked allocation, whole-file reads and writes of kernel files, clocks, logging. */
#ifndef CODEEXEC_UTIL_H
#define CODEEXEC_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Out of memory ends the supervisor: its sandboxes die with it and the service starts it again. */
void *checked_alloc(size_t size);
void *checked_realloc(void *old, size_t size);

/* One line on standard error, which the service logs. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As log_line with the text of errno, then ends the supervisor. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Writes a small kernel file by path below `dirfd`. Returns 0 or -errno. */
int write_file_at(int dirfd, const char *path, const char *text);
/* Writes a number through an open descriptor of a kernel file. Returns 0 or -errno. */
int write_number(int fd, uint64_t value);
/* Reads a small kernel file from its start into `buffer`, NUL-terminated. Returns the size or -errno. */
long read_text(int fd, char *buffer, size_t size);
/* The number a kernel file consists of; UINT64_MAX for `max` or when it cannot be read. */
uint64_t read_number(int fd);
/* The value after `key` and a space in a kernel file of such lines; 0 when it is not there. */
uint64_t read_keyed_number(int fd, const char *key);
/* The same in the text of such a file, where more than one is wanted. */
uint64_t keyed_number(const char *text, const char *key);

uint64_t now_ns(void);
uint64_t own_cpu_ns(void);

/*
 * Descriptor that tells of ended children and of the signals that ask a process to end, none of which interrupts it any
 * more. Broken pipes are errors of writing only.
 */
int signals_open(void);

/* Symbolic name of an errno value (`ENOENT`), or "". */
const char *errno_name(int number);

#endif
