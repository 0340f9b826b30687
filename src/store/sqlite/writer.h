// SPDX-License-Identifier: Apache-2.0
// Writer: the one thread that changes the store. A batch is what arrived while the last one was synced: one
// transaction, one fsync; then the caches are told, and only then the callers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "batch_transaction.h"
#include "completions.h"
#include "health.h"

namespace nscl::store::sqlite {

class Writer {
 public:
  /// The thread starts with the first job.
  Writer(Shared& shared, HighWater high_water) : shared_(shared), high_water_(high_water) {}
  ~Writer() { stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Any thread. A job that is not taken is answered with service_unavailable.
  void push(WriteJob job, Caller caller);
  /// Finishes what is queued, empties the write-ahead log and ends the thread. Idempotent.
  void stop();
  /// Closes the connection of a stopped writer.
  void close() { transaction_.reset(); }

  void listen_to_lanes(std::function<void(Time)> listener) { lane_listener_ = std::move(listener); }

  const Health& health() const { return health_; }
  WriterFigures figures() const { return {jobs_.load(), commits_.load(), failed_commits_.load()}; }

 private:
  struct Entry {
    WriteJob job;
    Caller caller;
    Result<void> result{};
  };
  using Batch = std::vector<Entry>;

  void run();
  /// Waits for jobs; an empty batch means that it is time for a probe. False: stopped, and nothing is left.
  bool take(Batch& batch);
  void process(Batch& batch);
  void execute(Batch& batch);
  Result<void> execute(const WriteJob& job);
  void fail_all(Batch& batch, const std::string& reason, bool breaks_connection);
  void answer(Batch& batch);
  void probe();
  BatchTransaction& transaction();

  Shared& shared_;
  HighWater high_water_;
  std::function<void(Time)> lane_listener_;
  std::optional<BatchTransaction> transaction_;
  std::string engine_failure_;   // of a job in this batch
  Health health_;
  std::atomic<std::uint64_t> jobs_{0}, commits_{0}, failed_commits_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> queue_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace nscl::store::sqlite
