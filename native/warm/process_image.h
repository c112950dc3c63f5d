/* Where the kernel finds the arguments and the environment that it shows of this process. */
#ifndef CODEEXEC_WARM_PROCESS_IMAGE_H
#define CODEEXEC_WARM_PROCESS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads where they are; needs /proc. */
bool process_image_read(void);
/* Keeps the library that is mapped from that file in memory of no file, so that no list of mappings names it. */
void process_image_hide_library(const char *file);
/* Ends the environment at `end`, an address inside it. */
bool process_image_end_environment(const char *end);
/* Shows `text`, NUL-ended strings, as the arguments. */
bool process_image_show_arguments(char *text, size_t size);
/* What the kernel shows as the arguments. */
char *process_image_arguments(void);
size_t process_image_arguments_size(void);

#endif
