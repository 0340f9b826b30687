// SPDX-License-Identifier: Apache-2.0
// open_sqlite(): the embedded store. Reads run on the calling thread, writes on the writer's.
#include <nscl/store/store.h>

#include <future>
#include <mutex>
#include <stdexcept>

#include <sqlite3.h>

#include <nscl/base/log.h>

#include "data_directory.h"
#include "reader_pool.h"
#include "schema.h"
#include "writer.h"

namespace nscl::store {
namespace sqlite {
namespace {

/// Makes the store ready for its first request. Errors are for the operator: they name the file.
HighWater prepare(DataDirectory& directory, Shared& shared) try {
  Connection connection(directory.file(), Connection::Mode::read_write, shared.writer_cache());
  if (!is_current_schema(connection)) {
    if (!shared.options.exclusive) directory.lock();   // a daemon of another version may be at work
    migrate_schema(connection);
    if (!shared.options.exclusive) directory.unlock();
  }
  if (shared.options.exclusive) InstanceQueries(connection).restore(shared.instances);
  return HighWater::load(connection);
} catch (const std::exception& error) {
  throw std::runtime_error("the store " + directory.file().string() + " cannot be opened: " + error.what());
}

void warn_if_clock_is_behind(const HighWater& high_water, const Clock& clock) {
  const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(high_water.stamp - clock.now());
  if (ahead < std::chrono::minutes{1}) return;
  log::warning("clock is behind the newest time stamp of the store; new stamps continue from there",
               {{"seconds", std::int64_t{ahead.count()}}});
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const Options& options, const model::Registry& registry, const Clock& clock)
      : directory_(options.directory), shared_(options, registry, clock, directory_.file()), writer_(shared_, open()),
        readers_(shared_) {}
  ~SqliteStore() override { stop(); }

  void read(const std::function<void(View&)>& fn) override { readers_.read(fn, nullptr); }
  void read(const std::function<void(View&)>& fn, boost::asio::io_context& context) override { readers_.read(fn, &context); }

  void write(WriteJob job, boost::asio::io_context& completion_context, Caller::Handler handler) override {
    writer_.push(std::move(job), Caller(&completion_context, std::move(handler)));
  }

  Result<void> write_and_wait(WriteJob job) override {
    std::promise<Result<void>> done;
    auto result = done.get_future();
    writer_.push(std::move(job), Caller(nullptr, [&done](Result<void> outcome) { done.set_value(std::move(outcome)); }));
    return result.get();
  }

  bool is_healthy(std::string* reason) const override { return writer_.health().is_good(reason); }
  WriterFigures figures() const override { return writer_.figures(); }
  void listen_to_lanes(std::function<void(Time)> listener) override { writer_.listen_to_lanes(std::move(listener)); }

  // The last connection to close takes the write-ahead log away: that must be the writer's.
  void stop() override {
    writer_.stop();
    readers_.close();
    writer_.close();
    directory_.unlock();
  }

 private:
  HighWater open() {
    if (shared_.options.exclusive) directory_.lock();
    const auto high_water = prepare(directory_, shared_);
    if (shared_.options.exclusive) warn_if_clock_is_behind(high_water, shared_.clock);
    return high_water;
  }

  DataDirectory directory_;
  Shared shared_;
  Writer writer_;
  ReaderPool readers_;
};

/// Without statistics SQLite needs no process-wide lock for every allocation.
void configure_engine() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace
}  // namespace sqlite

std::unique_ptr<Store> open_sqlite(const Options& options, const model::Registry& registry, const Clock& clock) {
  sqlite::configure_engine();
  return std::make_unique<sqlite::SqliteStore>(options, registry, clock);
}

}  // namespace nscl::store
