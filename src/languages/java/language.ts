import { defineLanguage } from '../define-language.js'

const TOOLS = '/opt/java-tools'
const JAVA_HOME = '/usr/lib/jvm/java-25-openjdk'
const ARCHITECTURES = ['amd64', 'arm64']
const SOURCES = ['Compile', 'CompileServer', 'MemoryFileManager', 'MemorySource', 'TrainCompiler']
/** What compiling one C file takes, all gone again when the image is finished. */
const C_COMPILER = ['gcc', 'libc6-dev']
const C_COMPILER_PARTS = [
  ...C_COMPILER,
  ...['x86-64-linux-gnu', 'aarch64-linux-gnu'].flatMap((machine) =>
    ['binutils', 'cpp', 'cpp-14', 'gcc', 'gcc-14'].map((name) => `${name}-${machine}`),
  ),
  ...`binutils binutils-common cpp cpp-14 gcc-14 libasan8 libatomic1 libbinutils libc-dev-bin libcc1-0 libcrypt-dev
    libctf-nobfd0 libctf0 libgcc-14-dev libgomp1 libgprofng0 libhwasan0 libisl23 libitm1 libjansson4 liblsan0 libmpc3
    libmpfr6 libquadmath0 libsframe1 libtsan2 libubsan1 linux-libc-dev rpcsvc-proto`.split(/\s+/u),
]
/** One collector for all, with few threads; the heap takes its size from the stage's memory limit. */
const MACHINE = ['-XX:+UseSerialGC', '-XX:-UsePerfData', '-XX:MaxRAM={memoryMiB}m', '-XX:MaxRAMPercentage=65']
const RUN = ['java', ...MACHINE, `-XX:SharedArchiveFile=${TOOLS}/run.jsa`, '-cp', '/out:/box']
/** Of the compiler that stays; programs that need more are compiled by one of their own. */
const RESIDENT_HEAP_MIB = 72
const COMPILER = ['-XX:TieredStopAtLevel=1', '-Xlog:disable']
const TRAINING = ['-XX:+UseSerialGC', '-XX:-UsePerfData']

export default defineLanguage({
  id: 'java',
  name: 'Java',
  aliases: ['openjdk', 'jdk'],
  extensions: ['java'],
  monaco: 'java',
  mainFile: 'Main.java',
  image: {
    packages: ['openjdk-25-jdk-headless', ...C_COMPILER],
    files: Object.fromEntries(
      ['ahead.c', 'Broken.java', 'Typical.java', ...SOURCES.map((name) => `${name}.java`)].map((name) => [
        `${TOOLS}/src/${name}`,
        `image/${name}`,
      ]),
    ),
    steps: [
      [
        'gcc',
        '-O2',
        '-shared',
        '-fPIC',
        '-fvisibility=hidden',
        ...ARCHITECTURES.flatMap((architecture) => [
          `-I${JAVA_HOME}-${architecture}/include`,
          `-I${JAVA_HOME}-${architecture}/include/linux`,
        ]),
        '-o',
        `${TOOLS}/ahead.so`,
        `${TOOLS}/src/ahead.c`,
      ],
      ['dpkg', '--purge', ...C_COMPILER_PARTS],
      ['javac', '-d', '/tmp/tools', ...SOURCES.map((name) => `${TOOLS}/src/${name}.java`)],
      ['cp', `${TOOLS}/src/Typical.java`, `${TOOLS}/Typical.java`],
      ['jar', '--create', '--file', `${TOOLS}/compile.jar`, '-C', '/tmp/tools', '.'],
      [
        'java',
        ...TRAINING,
        '-XX:TieredStopAtLevel=1',
        `-XX:AOTCacheOutput=${TOOLS}/compile.aot`,
        '-cp',
        `${TOOLS}/compile.jar`,
        'TrainCompiler',
        '/tmp/typical',
        `${TOOLS}/src/Typical.java`,
        `${TOOLS}/src/Broken.java`,
      ],
      // An archive that fits any class path holds classes of the JDK only, so the program itself comes from a jar.
      ['jar', '--create', '--file', '/tmp/typical.jar', '-C', '/tmp/typical', '.'],
      [
        'java',
        ...TRAINING,
        '-XX:DumpLoadedClassList=/tmp/classes.list',
        '-cp',
        '/tmp/typical.jar',
        'Typical',
        'all',
      ],
      [
        'java',
        ...TRAINING,
        '-Xshare:dump',
        '-XX:SharedClassListFile=/tmp/classes.list',
        `-XX:SharedArchiveFile=${TOOLS}/run.jsa`,
      ],
    ],
    remove: [
      `${TOOLS}/src`,
      ...ARCHITECTURES.flatMap((architecture) =>
        [
          'jmods',
          'legal',
          'lib/server/classes_coh.jsa',
          'lib/server/classes_nocoops.jsa',
          'lib/server/classes_nocoops_coh.jsa',
          'man',
        ].map((name) => `${JAVA_HOME}-${architecture}/${name}`),
      ),
    ],
    buildSeconds: 30,
  },
  version: { argv: ['java', '--version'], pattern: /^openjdk (\d+(?:\.\d+)*)/u },
  compile: {
    argv: [
      'java',
      ...MACHINE,
      ...COMPILER,
      `-XX:AOTCache=${TOOLS}/compile.aot`,
      '-cp',
      `${TOOLS}/compile.jar`,
      'Compile',
      '/out',
      '{entry}',
      '{sources}',
    ],
  },
  run: { argv: [...RUN, '@/out/.main'] },
  ahead: {
    compiler: {
      argv: [
        'java',
        '-XX:+UseSerialGC',
        '-XX:-UsePerfData',
        `-Xmx${RESIDENT_HEAP_MIB}m`,
        '-Xmn24m',
        '-XX:ReservedCodeCacheSize=48m',
        ...COMPILER,
        `-XX:AOTCache=${TOOLS}/compile.aot`,
        '-cp',
        `${TOOLS}/compile.jar`,
        'CompileServer',
        `${TOOLS}/Typical.java`,
        '6',
      ],
      memoryBytes: 224 * 1_048_576,
      maxCompilations: 1000,
    },
    runtime: {
      argv: RUN,
      env: { LD_PRELOAD: `${TOOLS}/ahead.so` },
      memoryBytes: 48 * 1_048_576,
    },
  },
  limits: {
    compile: { memoryBytes: 512 * 1_048_576 },
    // The machine itself takes 50 MB and a dozen threads; what is left is for the program.
    run: { memoryBytes: 512 * 1_048_576, maxProcesses: 96 },
  },
  libraries: [],
  samples: [
    {
      title: 'Hello',
      files: {
        'Main.java': `public class Main {
    public static void main(String[] args) {
        System.out.println("Hello, World!");
    }
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'A public class of another name, after others',
      files: {
        'Main.java': `import java.util.List;

record Point(int x, int y) {}

interface Shape {
    double area();
}

public class Geometry {
    public static void main(String[] args) {
        Shape square = () -> 16;
        System.out.println(square.area());
        System.out.println(List.of(new Point(1, 2), new Point(3, 4)));
    }
}
`,
      },
      expectedOutput: '16.0\n[Point[x=1, y=2], Point[x=3, y=4]]\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'Main.java': `import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        Scanner scanner = new Scanner(System.in);
        long sum = 0;
        while (scanner.hasNextLong()) sum += scanner.nextLong();
        System.out.println("Sum: " + sum);
    }
}
`,
      },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments',
      files: {
        'Main.java': `public class Main {
    public static void main(String[] args) {
        for (String argument : args) System.out.println("<" + argument + ">");
    }
}
`,
      },
      args: ['one', 'two words', '@three', '-version'],
      expectedOutput: '<one>\n<two words>\n<@three>\n<-version>\n',
    },
    {
      title: 'Packages in several files',
      files: {
        'com/example/app/Main.java': `package com.example.app;

import com.example.shapes.Circle;
import com.example.shapes.Shape;

public class Main {
    public static void main(String[] args) {
        Shape shape = new Circle(2);
        System.out.printf("%s %.2f%n", shape.name(), shape.area());
    }
}
`,
        'com/example/shapes/Shape.java': `package com.example.shapes;

public interface Shape {
    String name();

    double area();
}
`,
        'com/example/shapes/Circle.java': `package com.example.shapes;

public class Circle implements Shape {
    private final double radius;

    public Circle(double radius) {
        this.radius = radius;
    }

    @Override
    public String name() {
        return "circle";
    }

    @Override
    public double area() {
        return Math.PI * radius * radius;
    }
}
`,
      },
      expectedOutput: 'circle 12.57\n',
    },
    {
      title: 'The short form of a program',
      files: {
        'Main.java': `String greeting(String name) {
    return "Hello, " + name + "!";
}

void main() {
    IO.println(greeting("World"));
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
  ],
})
