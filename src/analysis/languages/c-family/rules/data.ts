import type { Rule } from '../../../engine/rule.js'
import { library } from './library.js'

const SOCKET_HEADERS = ['sys/socket.h', 'netinet/in.h', 'arpa/inet.h', 'netdb.h', 'winsock2.h', 'sys/un.h']

export const data: readonly Rule[] = [
  {
    id: 'c/network',
    category: 'network',
    severity: 'high',
    message:
      '`{name}` reaches for another machine, or waits for one. Programs here have no network; give the data as input instead.',
    match: [
      {
        calls: [
          'socket',
          'connect',
          'bind',
          'listen',
          'accept',
          'accept4',
          'sendto',
          'recvfrom',
          'getaddrinfo',
          'gethostbyname',
        ],
        whenImported: SOCKET_HEADERS,
      },
      { calls: ['curl_easy_init', 'curl_easy_perform', 'curl_multi_init', 'SSL_connect'] },
    ],
    finds: [
      '#include <sys/socket.h>\nint main(void) { int s = socket(AF_INET, SOCK_STREAM, 0); return s; }',
      '#include <netdb.h>\nint main(void) { return gethostbyname("example.com") == 0; }',
      '#include <curl/curl.h>\nint main(void) { CURL *c = curl_easy_init(); curl_easy_perform(c); }',
      '#include <sys/socket.h>\nint f(int s, void *a) { return connect(s, a, 16); }',
    ],
    ignores: [
      'void connect(int a, int b) {}\nint main(void) { connect(1, 2); }',
      'int find(int), connect(int, int);\nint main(void) { return connect(1, 2); }',
      '#include <sys/socket.h>\nstatic int listen(int x) { return x; }\nint main(void) { return listen(1); }',
      '#include <arpa/inet.h>\nint main(void) { return htons(80); }',
      'int main(void) { int socket = 4; return socket; }',
    ],
  },
  {
    id: 'c/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Check the path first, and delete only what the program made.',
    match: [
      { calls: library('remove'), where: { fields: { arguments: { count: { min: 1, max: 1 } } } } },
      { calls: library('unlink', 'unlinkat', 'rmdir', 'truncate', 'ftruncate') },
    ],
    finds: [
      '#include <stdio.h>\nint main(void) { return remove("x"); }',
      '#include <unistd.h>\nint main(void) { unlink("x"); rmdir("y"); }',
      '#include <unistd.h>\n#define DELETE unlink\nint main(void) { return DELETE("x"); }',
    ],
    ignores: [
      'struct Node { int x; };\nvoid remove(struct Node *n) {}\nint main(void) { struct Node n; remove(&n); }',
      'struct List { void (*remove)(int); };\nint main(void) { struct List l; l.remove(1); }',
      '#include <stdio.h>\nint main(void) { return rename("a", "b"); }',
      'int unlink(int node) { return node; }\nint main(void) { return unlink(1); }',
    ],
  },
  {
    id: 'c/infinite-loop',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'Nothing in this loop can end it: no `break`, `return`, `goto` or exit. It will run until the time limit.',
    match: [{ endlessLoops: true }],
    finds: [
      'int main(void) { while (1) { } }',
      'int main(void) { for (;;) ; }',
      'int main(void) { for (int i = 0; ; i++) { } }',
      'int f(int x) { while (1) { switch (x) { case 1: break; } } }',
      'int main(void) { do { } while (1); }',
    ],
    ignores: [
      'int main(void) { while (1) { break; } }',
      'int main(void) { for (;;) { return 0; } }',
      'int main(void) { for (;;) { goto out; } out: return 0; }',
      '#include <stdlib.h>\nint main(void) { while (1) { exit(0); } }',
      'int main(void) { while (0) { } }',
      'int main(void) { for (int i = 0; i < 3; i++) { } }',
      '#include <stdlib.h>\nvoid quit(void) { exit(0); }\nint main(void) { while (1) quit(); }',
      '#define FOREVER while (0)\nint main(void) { FOREVER { } }',
    ],
  },
  {
    id: 'c/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` waits for input. Send it along as stdin; when there is none, reading ends at once with `EOF`.',
    match: [
      { calls: library('scanf', 'vscanf', 'wscanf', 'getchar', 'getwchar', 'gets', 'getch') },
      { mentions: ['stdin'] },
      { calls: ['read'], where: { fields: { arguments: { nth: { 0: { text: /^(0|STDIN_FILENO)$/ } } } } } },
    ],
    finds: [
      '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); }',
      '#include <stdio.h>\nint main(void) { char line[80]; fgets(line, sizeof line, stdin); }',
      '#include <unistd.h>\nint main(void) { char b[1]; read(0, b, 1); }',
      '#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); }',
    ],
    ignores: [
      '#include <stdio.h>\nint main(void) { int n; sscanf("1", "%d", &n); }',
      '#include <stdio.h>\nint main(void) { FILE *f = fopen("x", "r"); char line[80]; fgets(line, 80, f); }',
      'int getchar(void) { return 1; }\nint main(void) { return getchar(); }',
      'int main(void) { int stdin = 3; return stdin; }',
    ],
  },
]
