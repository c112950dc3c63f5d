// Threads until refused.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <thread>

int main() {
  for (int count = 0; count < 5000; count++) {
    try {
      std::thread([] { std::this_thread::sleep_for(std::chrono::seconds(20)); }).detach();
    } catch (const std::system_error &error) {
      std::printf("DENIED thread %s after %d\n", error.code() == std::errc::resource_unavailable_try_again ? "EAGAIN" : "?", count);
      std::fflush(stdout);
      std::_Exit(0);
    }
  }
  std::puts("LEAK 5000 threads at once");
}
