// SPDX-License-Identifier: Apache-2.0
// What a TLS-PSK handshake waits for: finding one key among many and opening it, beside the same SELECT in bare SQLite.
//   bench_key_lookup KEYS LOOKUPS      (its store is a folder below $TMPDIR, gone afterwards)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <sqlite3.h>

#include <nscl/model/registry.h>
#include <nscl/security/keystore.h>

namespace {

using namespace nscl;
using Clock = std::chrono::steady_clock;
constexpr std::uint64_t keys_at_once = 10'000;
constexpr std::uint64_t cache_bytes = 64u << 20;

std::string identity(std::uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "device-%012llu", static_cast<unsigned long long>(number * 2654435761u % 1'000'000'000'000u));
  return text;
}

struct Figures {
  double p50 = 0, p99 = 0;   ///< microseconds
};

/// The time of `look` for identities in random order, the same order in each run.
template <class Look>
Figures measure(std::uint64_t keys, std::uint64_t lookups, const Look& look) {
  std::mt19937_64 random(1);
  std::vector<double> times(lookups);
  for (double& time : times) {
    const std::string name = identity(random() % keys);
    const auto start = Clock::now();
    look(name);
    time = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  }
  std::ranges::sort(times);
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

void print(const char* what, const Figures& figures, const Figures& baseline) {
  std::printf("%-10s p50 %6.1f us  p99 %6.1f us  ratio to sqlite %.2f %.2f\n", what, figures.p50, figures.p99, figures.p50 / baseline.p50,
              figures.p99 / baseline.p99);
}

void fill(store::Store& store, security::Keystore& keystore, std::uint64_t keys) {
  for (std::uint64_t begin = 0; begin < keys; begin += keys_at_once) {
    const auto done = store.write_and_wait([&](store::Transaction& transaction) {
      Result<void> added;
      for (std::uint64_t i = begin; i < std::min(begin + keys_at_once, keys) && added; ++i) {
        store::Key key;
        key.identity = identity(i);
        key.entity = "scls/gw" + std::to_string(i);
        added = keystore.add(transaction, key, random_secret(32));
      }
      return added;
    });
    if (!done) throw std::runtime_error(done.error().detail);
  }
}

/// The SELECT of the store, and nothing else.
class BareSqlite {
 public:
  explicit BareSqlite(const std::filesystem::path& file) {
    if (sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) throw std::runtime_error("cannot open " + file.string());
    const std::string cache = "PRAGMA cache_size = -" + std::to_string(cache_bytes >> 10);
    sqlite3_exec(database_, cache.c_str(), nullptr, nullptr, nullptr);
    constexpr const char* sql =
        "SELECT identity, kind, state, node, entity, environment, derivation, number, generation, not_before, not_after, wrap_key, wrapped, change "
        "FROM key WHERE identity = ?";
    if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &select_, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
  }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;
  ~BareSqlite() {
    sqlite3_finalize(select_);
    sqlite3_close(database_);
  }

  void look(const std::string& name) {
    sqlite3_bind_text(select_, 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    if (sqlite3_step(select_) != SQLITE_ROW || sqlite3_column_bytes(select_, 12) == 0) throw std::runtime_error("a key is missing");
    sqlite3_reset(select_);
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

void run(const std::filesystem::path& directory, std::uint64_t keys, std::uint64_t lookups) {
  static const model::ResourceType scl_base{.name = "sclBase"};
  static const model::ResourceType* const types[] = {&scl_base};
  const model::Registry registry(types);
  store::Options options;
  options.directory = directory;
  options.cache_bytes = cache_bytes;
  options.readers = 1;
  const auto store = store::open_sqlite(options, registry, system_clock());
  security::Keystore::Options wanted;
  wanted.directory = directory;
  security::Keystore keystore(*store, wanted, system_clock());
  fill(*store, keystore, keys);

  boost::asio::io_context context;
  const auto lookup = keystore.lookup({store::KeyKind::fixed}, context);
  BareSqlite bare(directory / "nscl.db");
  const auto known = [&](const std::string& name) {
    if (!lookup->find(name).holder) throw std::runtime_error("a key is missing");
  };
  const auto unknown = [&](const std::string& name) { lookup->find(name + "x"); };
  const auto select = [&](const std::string& name) { bare.look(name); };
  for (const auto round : {"warm-up", "measured"}) {
    const Figures baseline = measure(keys, lookups, select), found = measure(keys, lookups, known), decoy = measure(keys, lookups, unknown);
    if (std::string(round) == "warm-up") continue;
    std::printf("%llu keys, %llu look-ups\n", static_cast<unsigned long long>(keys), static_cast<unsigned long long>(lookups));
    print("sqlite", baseline, baseline);
    print("known", found, baseline);
    print("unknown", decoy, baseline);
  }
  store->stop();
}

}  // namespace

int main(int argc, char** argv) try {
  const std::uint64_t keys = argc == 3 ? std::strtoull(argv[1], nullptr, 10) : 0, lookups = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (keys == 0 || lookups == 0) {
    std::fprintf(stderr, "usage: bench_key_lookup KEYS LOOKUPS\n");
    return EXIT_FAILURE;
  }
  std::string directory = (std::filesystem::temp_directory_path() / "nscl-bench-XXXXXX").string();
  if (!::mkdtemp(directory.data())) throw std::runtime_error("no temporary directory");
  run(directory, keys, lookups);
  std::filesystem::remove_all(directory);
  return EXIT_SUCCESS;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_key_lookup: %s\n", error.what());
  return EXIT_FAILURE;
}
