/* Orders to the linker from the source: a run path, a loader, a library of the host. */
#include <stdio.h>

__asm__(".section .deplibs,\"MS\",@llvm_dependent_libraries,1\n.asciz \"@@CANARY_FILE@@\"\n.previous\n"
        ".section .llvm_linker_options,\"e\",@llvm_linker_options\n.asciz \"--version\"\n.asciz \"\"\n.previous\n");

int main(void) {
  puts("linked as usual");
  return 0;
}
