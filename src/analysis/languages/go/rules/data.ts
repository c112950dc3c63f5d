import type { Rule } from '../../../engine/rule.js'

export const data: readonly Rule[] = [
  {
    id: 'go/network',
    category: 'network',
    severity: 'high',
    message:
      '`{name}` reaches for another machine, or waits for one. Programs here have no network; give the data as input instead.',
    match: [
      {
        calls: [
          'net.Dial*',
          'net.Listen*',
          'net.Lookup*',
          'net.Dialer().Dial*',
          'net.ListenConfig().Listen*',
          'net.ResolveTCPAddr',
          'crypto/tls.Dial*',
          'crypto/tls.Listen',
          'net/http.Get',
          'net/http.Head',
          'net/http.Post',
          'net/http.PostForm',
          'net/http.ListenAndServe*',
          'net/http.Serve',
          'net/http.Client().*',
          'net/http.DefaultClient.*',
          'net/http.Server().ListenAndServe*',
          'net/smtp.SendMail',
          'net/smtp.Dial',
          'net/rpc.Dial*',
          'golang.org/x/net/websocket.Dial',
          'github.com/gorilla/websocket.DefaultDialer.Dial',
          'google.golang.org/grpc.Dial*',
          'google.golang.org/grpc.NewClient',
        ],
      },
    ],
    finds: [
      'package main\nimport "net/http"\nfunc main() { http.Get("http://example.com") }',
      'package main\nimport "net"\nfunc main() { conn, err := net.Dial("tcp", "example.com:80"); _, _ = conn, err }',
      'package main\nimport h "net/http"\nfunc main() { h.ListenAndServe(":80", nil) }',
      'package main\nimport "net/http"\nfunc main() { client := &http.Client{}; client.Get("http://example.com") }',
      'package main\nimport "net/http"\nfunc f(client *http.Client) { client.Do(nil) }',
      'package main\nimport "net"\nfunc main() { var d net.Dialer; d.Dial("tcp", "example.com:80") }',
    ],
    ignores: [
      'package main\nimport "net/http"\nfunc main() { println(http.StatusText(404)) }',
      'package main\nimport "net/url"\nfunc main() { url.Parse("http://example.com") }',
      'package main\ntype Cache struct{}\nfunc (Cache) Get(s string) {}\nfunc main() { http := Cache{}; http.Get("x") }',
      'package main\nimport "net"\nfunc main() { net.ParseIP("127.0.0.1") }',
      'package main\nfunc Dial(s string) {}\nfunc main() { Dial("x") }',
    ],
  },
  {
    id: 'go/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Check the path first, and delete only what the program made.',
    match: [
      {
        calls: [
          'os.Remove',
          'os.RemoveAll',
          'os.Truncate',
          'syscall.Unlink',
          'syscall.Rmdir',
          'golang.org/x/sys/unix.Unlink*',
        ],
      },
    ],
    finds: [
      'package main\nimport "os"\nfunc main() { os.RemoveAll("/") }',
      'package main\nimport o "os"\nfunc main() { o.Remove("x") }',
      'package main\nimport "os"\nfunc main() { defer os.Remove("x") }',
      'package main\nimport "os"\nfunc main() { wipe := os.RemoveAll; wipe("x") }',
    ],
    ignores: [
      'package main\nimport "container/list"\nfunc main() { l := list.New(); l.Remove(l.PushBack(1)) }',
      'package main\nimport "os"\nfunc main() { os.WriteFile("x", nil, 0o600); os.ReadFile("x") }',
      'package main\ntype Set struct{}\nfunc (Set) Remove(s string) {}\nfunc main() { os := Set{}; os.Remove("x") }',
      'package main\nimport "slices"\nfunc main() { s := slices.Delete([]int{1}, 0, 1); _ = s }',
    ],
  },
  {
    id: 'go/gob',
    category: 'deserialisation',
    severity: 'medium',
    message:
      '`{name}` is not hardened against crafted bytes, which can ask for very much memory. Use `encoding/json` with a size limit.',
    match: [{ calls: ['encoding/gob.NewDecoder().Decode*'] }],
    finds: [
      'package main\nimport ("encoding/gob"; "os")\nfunc main() { var x int; gob.NewDecoder(os.Stdin).Decode(&x) }',
      'package main\nimport ("encoding/gob"; "io")\nfunc f(r io.Reader) { d := gob.NewDecoder(r); var x int; d.Decode(&x) }',
    ],
    ignores: [
      'package main\nimport ("encoding/json"; "os")\nfunc main() { var x int; json.NewDecoder(os.Stdin).Decode(&x) }',
      'package main\nimport ("encoding/gob"; "os")\nfunc main() { gob.NewEncoder(os.Stdout).Encode(1) }',
      'package main\ntype D struct{}\nfunc (D) Decode(x any) {}\nfunc main() { D{}.Decode(1) }',
    ],
  },
  {
    id: 'go/infinite-loop',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'Nothing in this loop can end it: no `return`, no `break` that reaches it, no exit. It will run until the time limit.',
    match: [{ endlessLoops: true }],
    finds: [
      'package main\nfunc main() { for { } }',
      'package main\nfunc main() { for true { println(1) } }',
      'package main\nfunc main() { for i := 0; ; i++ { println(i) } }',
      'package main\nfunc f(c chan int) { for { select { case <-c: break } } }',
      'package main\nfunc f(x int) { for { switch x { case 1: break } } }',
      'package main\nfunc main() { for { f := func() int { return 1 }; f() } }',
    ],
    ignores: [
      'package main\nfunc main() { for { break } }',
      'package main\nfunc f() int { for { return 1 } }',
      'package main\nfunc f(c chan int) {\nloop:\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t\tbreak loop\n\t\t}\n\t}\n}',
      'package main\nfunc main() { for i := 0; i < 3; i++ { } }',
      'package main\nfunc main() { for range 3 { } }',
      'package main\nimport "os"\nfunc main() { for { os.Exit(0) } }',
      'package main\nfunc main() { go func() { for { work() } }() }\nfunc work() {}',
      'package main\nfunc worker(c chan int) { for { <-c } }\nfunc main() { go worker(nil) }',
      'package main\nfunc main() { for { panic("x") } }',
    ],
  },
  {
    id: 'go/blocked-for-ever',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'An empty `select` waits for ever. Wait for something that ends: a channel, a `sync.WaitGroup`, a context.',
    match: [{ syntax: { type: 'select_statement', count: { max: 0 } } }],
    finds: [
      'package main\nfunc main() { select {} }',
      'package main\nfunc main() { println(1)\n\tselect {\n\t}\n}',
    ],
    ignores: [
      'package main\nfunc f(c chan int) { select { case <-c: } }',
      'package main\nfunc main() { select { default: } }',
      'package main\nfunc f(x int) { switch x { } }',
    ],
  },
  {
    id: 'go/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` waits for input. Send it along as stdin; when there is none, reading ends at once with `io.EOF`.',
    match: [{ mentions: ['os.Stdin'] }, { calls: ['fmt.Scan', 'fmt.Scanln', 'fmt.Scanf'] }],
    finds: [
      'package main\nimport "fmt"\nfunc main() { var n int; fmt.Scan(&n) }',
      'package main\nimport ("bufio"; "os")\nfunc main() { s := bufio.NewScanner(os.Stdin); s.Scan() }',
      'package main\nimport f "fmt"\nfunc main() { var n int; f.Scanf("%d", &n) }',
    ],
    ignores: [
      'package main\nimport "fmt"\nfunc main() { var n int; fmt.Sscan("1", &n); fmt.Println(n) }',
      'package main\nimport ("bufio"; "strings")\nfunc main() { bufio.NewScanner(strings.NewReader("x")).Scan() }',
      'package main\nimport ("fmt"; "os")\nfunc main() { fmt.Fprintln(os.Stdout, "x") }',
      'package main\nfunc Scan() {}\nfunc main() { Scan() }',
    ],
  },
]
