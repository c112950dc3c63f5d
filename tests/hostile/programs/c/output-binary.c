/* Little output, none of it text: cut characters, overlong forms, surrogates, NUL, terminal controls. */
#include <unistd.h>

int main(void) {
  static const unsigned char bytes[] = {'<', 0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0x00, 0x1b, '[', '2', 'J', 0xe2, 0x82, '>'};
  return write(1, bytes, sizeof bytes) != sizeof bytes;
}
