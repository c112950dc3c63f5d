import { defineLanguage } from '../define-language.js'

/** Options that change what headers mean: a precompiled header is only used where they are the same. */
const DIALECT = ['-std=c++20', '-O2', '-Wall']
/** Searched before the system's folders; holds nothing but precompiled system headers. */
const PRECOMPILED = '/opt/cpp-headers'

export default defineLanguage({
  id: 'cpp',
  name: 'C++',
  aliases: ['c++', 'cxx', 'cc', 'g++'],
  extensions: ['cpp', 'cc', 'cxx', 'c++'],
  monaco: 'cpp',
  mainFile: 'main.cpp',
  image: {
    extends: 'c',
    packages: ['g++'],
    steps: [
      ['mkdir', '-p', `${PRECOMPILED}/bits`],
      [
        'g++',
        ...DIALECT,
        '-x',
        'c++-header',
        '-o',
        `${PRECOMPILED}/iostream.gch`,
        '/usr/include/c++/14/iostream',
      ],
      // Its folder is named after the processor, so it is included by name.
      [
        'g++',
        ...DIALECT,
        '-x',
        'c++-header',
        '-include',
        'bits/stdc++.h',
        '-o',
        `${PRECOMPILED}/bits/stdc++.h.gch`,
        '/dev/null',
      ],
    ],
    buildSeconds: 15,
  },
  version: { argv: ['g++', '-dumpfullversion'], pattern: /^(\d+\.\d+\.\d+)/u },
  compile: {
    // The date, and what is different in each sandbox: /proc, and random numbers that an assembler may include.
    varyingText: ['__DATE', '__TIME', '/proc/', '/dev/urandom', '/dev/random'],
    argv: [
      'g++',
      ...DIALECT,
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
      '-I',
      PRECOMPILED,
      '-o',
      '/out/program',
      '{sources}',
    ],
  },
  run: { argv: ['/out/program'] },
  // What stdbuf(1) does, without being in between.
  interactiveEnv: { LD_PRELOAD: '/usr/libexec/coreutils/libstdbuf.so', _STDBUF_O: '0' },
  // Templates may make the compiler need far more than the program itself.
  limits: { compile: { memoryBytes: 1024 * 1_048_576 } },
  libraries: [],
  samples: [
    {
      title: 'Hello',
      files: {
        'main.cpp': `#include <iostream>

int main() {
    std::cout << "Hello, World!" << std::endl;
    return 0;
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Reading input',
      files: {
        'main.cpp': `#include <iostream>
#include <string>

int main() {
    std::string name;
    int age;
    std::cin >> name >> age;
    std::cout << name << " will be " << age + 1 << " next year" << std::endl;
    return 0;
}
`,
      },
      stdin: 'Ada 36\n',
      expectedOutput: 'Ada will be 37 next year\n',
    },
    {
      title: 'Arguments',
      files: {
        'main.cpp': `#include <iostream>
#include <span>

int main(int argc, char *argv[]) {
    for (const char *argument : std::span(argv, argc).subspan(1)) std::cout << '<' << argument << ">\\n";
}
`,
      },
      args: ['one', 'two words', '-o'],
      expectedOutput: '<one>\n<two words>\n<-o>\n',
    },
    {
      title: 'Several files and a header in a folder',
      files: {
        'src/main.cpp': `#include "include/shape.hpp"

#include <iostream>
#include <memory>

int main() {
    std::unique_ptr<Shape> shape = make_square(4);
    std::cout << shape->area() << '\\n';
}
`,
        'src/square.cpp': `#include "include/shape.hpp"

namespace {
class Square : public Shape {
public:
    explicit Square(double side) : side_(side) {}
    double area() const override { return side_ * side_; }

private:
    double side_;
};
}

std::unique_ptr<Shape> make_square(double side) {
    return std::make_unique<Square>(side);
}
`,
        'include/shape.hpp': `#pragma once

#include <memory>

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

std::unique_ptr<Shape> make_square(double side);
`,
      },
      expectedOutput: '16\n',
    },
    {
      title: 'Algorithms, ranges and concepts of C++20',
      files: {
        'main.cpp': `#include <bits/stdc++.h>
using namespace std;

template <typename T>
concept Number = integral<T> || floating_point<T>;

auto total(const ranges::range auto &numbers) {
    static_assert(Number<ranges::range_value_t<decltype(numbers)>>);
    return accumulate(numbers.begin(), numbers.end(), 0);
}

int main() {
    vector<int> numbers{5, 3, 8, 1};
    ranges::sort(numbers);
    for (int number : numbers | views::filter([](int n) { return n % 2 == 1; })) cout << number << ' ';
    cout << total(numbers) << '\\n';
}
`,
      },
      expectedOutput: '1 3 5 17\n',
    },
  ],
})
