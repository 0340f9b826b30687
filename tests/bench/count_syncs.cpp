// SPDX-License-Identifier: Apache-2.0
// Preloaded into the daemon: counts its fsync and fdatasync calls in the first eight octets of the file that
// BENCH_SYNC_COUNTER names, which the bench reads while the daemon runs.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Counter = std::atomic<std::uint64_t>;
using Sync = int (*)(int);

Counter* map_counter() {
  const char* name = std::getenv("BENCH_SYNC_COUNTER");
  const int file = name == nullptr ? -1 : ::open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) return nullptr;
  void* place = ::mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return place == MAP_FAILED ? nullptr : static_cast<Counter*>(place);
}

int count_and_call(const char* name, Sync& next, int descriptor) {
  static Counter* const counter = map_counter();
  if (counter != nullptr) counter->fetch_add(1, std::memory_order_relaxed);
  if (next == nullptr) next = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, name));
  return next(descriptor);
}

}  // namespace

extern "C" int fsync(int descriptor) {
  static Sync next = nullptr;
  return count_and_call("fsync", next, descriptor);
}

extern "C" int fdatasync(int descriptor) {
  static Sync next = nullptr;
  return count_and_call("fdatasync", next, descriptor);
}
