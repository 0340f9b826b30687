// SPDX-License-Identifier: Apache-2.0
// Baselines of the durable goals, on the disk of DIRECTORY: rows a second that bare SQLite can commit (WAL,
// synchronous=FULL, 300-octet rows with a unique index over 100 containers), and what one fdatasync takes.
//   bench_raw_sqlite DIRECTORY rows BATCH SECONDS     bench_raw_sqlite DIRECTORY sync SECONDS
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int containers = 100;
constexpr std::size_t row_size = 300;
constexpr std::size_t block_size = 4096;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Durations in microseconds, in any order.
double percentile(std::vector<double>& durations, double share) {
  if (durations.empty()) return 0;
  const auto place = static_cast<std::size_t>(share * static_cast<double>(durations.size() - 1));
  std::nth_element(durations.begin(), durations.begin() + static_cast<std::ptrdiff_t>(place), durations.end());
  return durations[place];
}

/// A database in a file of its own, gone afterwards.
class Rows {
 public:
  explicit Rows(const std::filesystem::path& directory) : file_(directory / "raw.db") {
    remove_files();
    if (sqlite3_open(file_.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("cannot open " + file_.string());
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE row(id INTEGER PRIMARY KEY, container INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL);"
        "CREATE UNIQUE INDEX row_container_seq ON row(container, seq)");
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    insert_ = prepare("INSERT INTO row(container, seq, body) VALUES(?, ?, ?)");
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() {
    for (sqlite3_stmt* statement : {begin_, commit_, insert_}) sqlite3_finalize(statement);
    sqlite3_close(database_);
    remove_files();
  }

  void commit_batch(int size) {
    step(begin_);
    for (int i = 0; i < size; ++i, ++count_) {
      sqlite3_bind_int64(insert_, 1, count_ % containers);
      sqlite3_bind_int64(insert_, 2, count_ / containers);
      sqlite3_bind_blob(insert_, 3, body_.data(), static_cast<int>(body_.size()), SQLITE_STATIC);
      step(insert_);
    }
    step(commit_);
  }

  std::int64_t count() const { return count_; }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) fail();
    return statement;
  }
  void step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) fail();
    sqlite3_reset(statement);
  }
  [[noreturn]] void fail() { throw std::runtime_error(sqlite3_errmsg(database_)); }
  void remove_files() {
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + ending);
  }

  std::filesystem::path file_;
  std::string body_ = std::string(row_size, 'b');
  sqlite3* database_ = nullptr;
  sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *insert_ = nullptr;
  std::int64_t count_ = 0;
};

void print_rows(const std::filesystem::path& directory, int batch, double seconds) {
  Rows rows(directory);
  const auto start = Clock::now();
  const double cpu_before = cpu_seconds();
  while (seconds_since(start) < seconds) rows.commit_batch(batch);
  const auto count = static_cast<double>(rows.count());
  std::printf("{\"rows_per_s\": %.1f, \"cpu_us\": %.2f}\n", count / seconds_since(start),
              (cpu_seconds() - cpu_before) * 1e6 / count);
}

void print_syncs(const std::filesystem::path& directory, double seconds) {
  const auto file = directory / "sync.dat";
  const int descriptor = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (descriptor < 0) throw std::runtime_error("cannot open " + file.string());
  const std::string block(block_size, 's');
  std::vector<double> durations;
  for (const auto start = Clock::now(); seconds_since(start) < seconds;) {
    const auto before = Clock::now();
    if (::write(descriptor, block.data(), block.size()) < 0 || ::fdatasync(descriptor) != 0)
      throw std::runtime_error("cannot write " + file.string());
    durations.push_back(seconds_since(before) * 1e6);
  }
  ::close(descriptor);
  std::filesystem::remove(file);
  std::printf("{\"syncs\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f}\n", durations.size(), percentile(durations, 0.5),
              percentile(durations, 0.99));
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string what = argc > 2 ? argv[2] : "";
  if (what == "rows" && argc == 5) {
    print_rows(argv[1], std::max(1, std::atoi(argv[3])), std::atof(argv[4]));
  } else if (what == "sync" && argc == 4) {
    print_syncs(argv[1], std::atof(argv[3]));
  } else {
    std::fprintf(stderr, "usage: bench_raw_sqlite DIRECTORY rows BATCH SECONDS | DIRECTORY sync SECONDS\n");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_raw_sqlite: %s\n", error.what());
  return EXIT_FAILURE;
}
