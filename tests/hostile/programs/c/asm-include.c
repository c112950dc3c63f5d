/* The assembler reads a file of the host as source and complains about its lines. */
__asm__(".include \"@@CANARY_FILE@@\"\n"
        ".include \"/etc/shadow\"\n");
int main(void) { return 0; }
