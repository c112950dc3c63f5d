import { defineLanguage } from '../define-language.js'

export default defineLanguage({
  id: 'c',
  name: 'C',
  aliases: ['gcc'],
  extensions: ['c'],
  monaco: 'c',
  mainFile: 'main.c',
  image: {
    packages: ['gcc', 'libc6-dev', 'mold'],
    remove: ['x86_64', 'aarch64'].map((machine) => `/usr/bin/${machine}-linux-gnu-lto-dump-14`),
    buildSeconds: 10,
  },
  version: { argv: ['gcc', '-dumpfullversion'], pattern: /^(\d+\.\d+\.\d+)/u },
  compile: {
    // The date, and what is different in each sandbox: /proc, and random numbers that an assembler may include.
    varyingText: ['__DATE', '__TIME', '/proc/', '/dev/urandom', '/dev/random'],
    argv: [
      'gcc',
      '-std=gnu17',
      '-O2',
      '-Wall',
      // Beside the compiler instead of after it.
      '-pipe',
      '-fuse-ld=mold',
      // It is for code that is optimised when it is linked, of which there is none.
      '-fno-use-linker-plugin',
      // For programs of this size they cost more than they save.
      '-Wl,--no-threads,--no-fork',
      // After the system's: files of the request hide none of its headers.
      '-idirafter',
      '/box',
      '-o',
      '/out/program',
      '{sources}',
      '-lm',
    ],
  },
  run: { argv: ['/out/program'] },
  // What stdbuf(1) does, without being in between.
  interactiveEnv: { LD_PRELOAD: '/usr/libexec/coreutils/libstdbuf.so', _STDBUF_O: '0' },
  libraries: [],
  samples: [
    {
      title: 'Hello',
      files: {
        'main.c': `#include <stdio.h>

int main(void) {
    puts("Hello, World!");
    return 0;
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'main.c': `#include <stdio.h>

int main(void) {
    long number, sum = 0;
    while (scanf("%ld", &number) == 1) sum += number;
    printf("Sum: %ld\\n", sum);
    return 0;
}
`,
      },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments',
      files: {
        'main.c': `#include <stdio.h>

int main(int argc, char *argv[]) {
    for (int i = 1; i < argc; i++) printf("<%s>\\n", argv[i]);
    return 0;
}
`,
      },
      args: ['one', 'two words', '-o'],
      expectedOutput: '<one>\n<two words>\n<-o>\n',
    },
    {
      title: 'Several files and a header in a folder',
      files: {
        'src/main.c': `#include "include/shape.h"

#include <stdio.h>

int main(void) {
    printf("%.2f\\n", circle_area(2));
    return 0;
}
`,
        'src/circle.c': `#include "include/shape.h"

#include <math.h>

double circle_area(double radius) {
    return acos(-1) * pow(radius, 2);
}
`,
        'include/shape.h': `#ifndef SHAPE_H
#define SHAPE_H

double circle_area(double radius);

#endif
`,
      },
      expectedOutput: '12.57\n',
    },
    {
      title: 'Threads',
      files: {
        'main.c': `#include <pthread.h>
#include <stdio.h>

static void *square(void *argument) {
    int *number = argument;
    *number *= *number;
    return NULL;
}

int main(void) {
    int numbers[] = {2, 3, 4};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, square, &numbers[i]);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("%d %d %d\\n", numbers[0], numbers[1], numbers[2]);
    return 0;
}
`,
      },
      expectedOutput: '4 9 16\n',
    },
  ],
})
