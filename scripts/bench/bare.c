/*
 * The bare side of the benchmark: runs commands by fork and exec inside a root file system, without any sandbox, and
 * times them from fork to the end of their output and exit.
 *
 * usage: bare ROOT INPUT   (INPUT: file that the commands read, nothing where it is not there;
 *                     standard input: one command a line, words separated by U+001F, stages by U+001E;
 *                     standard output: `NANOSECONDS EXIT_CODE OUTPUT_BYTES` and the output, per line)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 128
#define MAX_OUTPUT (4u << 20)

static char output[MAX_OUTPUT];

static unsigned long long now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (unsigned long long)time.tv_sec * 1000000000ull + (unsigned long long)time.tv_nsec;
}

static int run_stage(const char *root, const char *input_file, char *stage, size_t *size)
{
    static char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp",
                                        "LANG=C.UTF-8", "TMPDIR=/tmp", "USER=codeexec", NULL};
    char *words[MAX_WORDS + 1];
    int count = 0;
    for (char *word = strtok(stage, "\x1f"); word && count < MAX_WORDS; word = strtok(NULL, "\x1f")) words[count++] = word;
    words[count] = NULL;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        int input = open(input_file, O_RDONLY);
        if (input < 0) input = open("/dev/null", O_RDONLY);
        dup2(input, 0);
        dup2(ends[1], 1);
        /* With "/" the command brings a root and a folder of its own. */
        if (chroot(root) < 0 || chdir(strcmp(root, "/") == 0 ? "/" : "/box") < 0) _exit(126);
        execvpe(words[0], words, environment);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; *size < MAX_OUTPUT && (got = read(ends[0], output + *size, MAX_OUTPUT - *size)) > 0;)
        *size += (size_t)got;
    close(ends[0]);
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t length; (length = getline(&line, &capacity, stdin)) > 0;) {
        line[length - 1] = 0;
        size_t size = 0;
        int code = 0;
        unsigned long long start = now_ns();
        for (char *stage = line; stage && code == 0;) {
            char *next = strchr(stage, '\x1e');
            if (next) *next++ = 0;
            size = 0;
            code = run_stage(argv[1], argv[2], stage, &size);
            stage = next;
        }
        printf("%llu %d %zu\n", now_ns() - start, code, size);
        fwrite(output, 1, size, stdout);
        fflush(stdout);
    }
    return 0;
}
