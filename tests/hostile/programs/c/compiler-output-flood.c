/* Errors in exponential number: the compiler's own output is a flood. */
#define A0 _Pragma("message \"flood flood flood flood flood flood flood flood flood flood\"")
#define A1 A0 A0 A0 A0 A0 A0 A0 A0
#define A2 A1 A1 A1 A1 A1 A1 A1 A1
#define A3 A2 A2 A2 A2 A2 A2 A2 A2
#define A4 A3 A3 A3 A3 A3 A3 A3 A3
#define A5 A4 A4 A4 A4 A4 A4 A4 A4
A5
int main(void) { return 0; }
