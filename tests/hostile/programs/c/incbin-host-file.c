/* The assembler embeds a file of the host, and the program prints it. */
#include <stdio.h>

__asm__(".section .rodata\n"
        "stolen: .incbin \"@@CANARY_FILE@@\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char stolen[];

int main(void) {
  puts(stolen);
  return 0;
}
