import type { Rule } from '../../../engine/rule.js'

export const cppRules: readonly Rule[] = [
  {
    id: 'cpp/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Check the path first, and delete only what the program made.',
    match: [
      {
        calls: ['std', 'std.experimental', 'boost'].flatMap((namespace) => [
          `${namespace}.filesystem.remove`,
          `${namespace}.filesystem.remove_all`,
          `${namespace}.filesystem.resize_file`,
        ]),
      },
    ],
    finds: [
      '#include <filesystem>\nint main() { std::filesystem::remove_all("/"); }',
      '#include <filesystem>\nnamespace fs = std::filesystem;\nint main() { fs::remove("x"); }',
      '#include <filesystem>\nusing namespace std::filesystem;\nint main() { remove_all("x"); }',
      '#include <filesystem>\nusing std::filesystem::remove_all;\nint main() { remove_all("x"); }',
      '#include <filesystem>\nusing namespace std;\nint main() { filesystem::remove("x"); }',
    ],
    ignores: [
      '#include <algorithm>\n#include <vector>\nint main() { std::vector<int> v; v.erase(std::remove(v.begin(), v.end(), 3), v.end()); }',
      '#include <filesystem>\nint main() { return std::filesystem::exists("x"); }',
      'struct List { void remove(int x) {} void f() { remove(1); } };\nint main() { List l; l.remove(1); }',
      '#include <list>\nint main() { std::list<int> l; l.remove(3); }',
      'namespace mine { void remove_all(const char *s) {} }\nint main() { mine::remove_all("x"); }',
    ],
  },
  {
    id: 'cpp/system-command',
    category: 'system-command',
    severity: 'critical',
    message: '`{name}` starts another program of the system.',
    match: [
      { calls: ['boost.process.**', 'boost.process', 'bp.child', 'QProcess().start', 'QProcess.execute'] },
    ],
    finds: [
      '#include <boost/process.hpp>\nint main() { boost::process::system("ls"); }',
      '#include <boost/process.hpp>\nnamespace bp = boost::process;\nint main() { auto c = bp::spawn("ls"); }',
    ],
    ignores: [
      'namespace boost { void go() {} }\nint main() { boost::go(); }',
      'struct process { void system(const char *s) {} };\nint main() { process p; p.system("ls"); }',
      '#include <string>\nint main() { std::string s = "boost::process"; }',
    ],
  },
  {
    id: 'cpp/network',
    category: 'network',
    severity: 'high',
    message:
      '`{name}` reaches for another machine, or waits for one. Programs here have no network; give the data as input instead.',
    match: [
      {
        mentions: [
          'boost.asio.ip.*.socket',
          'boost.asio.ip.*.acceptor',
          'boost.asio.ip.*.resolver',
          'asio.ip.*.socket',
          'asio.ip.*.acceptor',
        ],
      },
      { calls: ['httplib.Client', 'httplib.Server', 'cpr.Get', 'cpr.Post'] },
      {
        mentions: ['httplib.Client', 'httplib.Server', 'Poco.Net.HTTPClientSession', 'Poco.Net.StreamSocket'],
      },
    ],
    finds: [
      '#include <boost/asio.hpp>\nint main() { boost::asio::io_context io; boost::asio::ip::tcp::socket s(io); }',
      '#include <boost/asio.hpp>\nusing boost::asio::ip::tcp;\nint main() { tcp::acceptor a; }',
      '#include <httplib.h>\nint main() { httplib::Client c("http://example.com"); c.Get("/"); }',
    ],
    ignores: [
      '#include <functional>\nusing namespace std;\nint add(int a, int b) { return a + b; }\nint main() { auto f = bind(add, 1, 2); return f(); }',
      '#include <boost/asio.hpp>\nint main() { boost::asio::thread_pool pool(2); }',
      'struct Graph { void connect(int a, int b) {} };\nint main() { Graph g; g.connect(1, 2); }',
      'namespace httplib2 { struct Client {}; }\nint main() { httplib2::Client c; }',
    ],
  },
  {
    id: 'cpp/unsafe-deserialisation',
    category: 'deserialisation',
    severity: 'medium',
    message:
      '`{name}` rebuilds objects, pointers included, from bytes anyone may have made. Read only archives that this program wrote.',
    match: [{ mentions: ['boost.archive.*_iarchive', 'cereal.*InputArchive'] }],
    finds: [
      '#include <boost/archive/text_iarchive.hpp>\n#include <fstream>\nint main() { std::ifstream f("x"); boost::archive::text_iarchive in(f); }',
      '#include <cereal/archives/binary.hpp>\n#include <iostream>\nint main() { cereal::BinaryInputArchive in(std::cin); }',
    ],
    ignores: [
      '#include <boost/archive/text_oarchive.hpp>\n#include <fstream>\nint main() { std::ofstream f("x"); boost::archive::text_oarchive out(f); }',
      '#include <fstream>\nint main() { std::ifstream f("x"); int n; f >> n; }',
      'struct text_iarchive {};\nint main() { text_iarchive a; }',
    ],
  },
  {
    id: 'cpp/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` waits for input. Send it along as stdin; when there is none, reading fails at once and leaves the variable as it was.',
    match: [{ mentions: ['std.cin', 'std.wcin'] }],
    finds: [
      '#include <iostream>\nint main() { int n; std::cin >> n; }',
      '#include <iostream>\nusing namespace std;\nint main() { int a, b; cin >> a >> b; }',
      '#include <iostream>\n#include <string>\nint main() { std::string s; std::getline(std::cin, s); }',
      '#include <iostream>\nusing std::cin;\nint main() { int n; cin >> n; }',
    ],
    ignores: [
      '#include <sstream>\nint main() { std::istringstream in("1"); int n; in >> n; }',
      '#include <iostream>\nint main() { std::cout << 1 << std::endl; }',
      '#include <fstream>\nint main() { std::ifstream cin("x"); int n; cin >> n; }',
      'int main() { int cin = 3; return cin >> 1; }',
    ],
  },
]
