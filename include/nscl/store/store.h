// SPDX-License-Identifier: Apache-2.0
// Store: the two verbs of persistence. read() runs at once on the calling thread's own connection; write() queues a job
// for the single writer, which commits many jobs with one fsync and then completes them in order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/model/registry.h>
#include <nscl/store/transaction.h>
#include <nscl/store/view.h>

namespace nscl::store {

/// The engine failed: disk full, I/O error, damaged file. A request that meets it is answered 503.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  std::filesystem::path directory;         ///< holds nscl.db; made with mode 0700
  std::size_t cache_bytes = 64u << 20;     ///< SQLite page cache of all connections together
  unsigned readers = 0;                    ///< threads that read and share its bulk; 0: one per processor core
  std::size_t resource_cache = 100'000;    ///< decoded resources kept in memory
  std::size_t queue = 4096;                ///< jobs waiting for the writer; more are refused (503)
  std::size_t batch = 256;                 ///< jobs in one commit
  unsigned checkpoint_pages = 1000;        ///< WAL pages before a checkpoint
  bool exclusive = true;                   ///< false: beside a daemon, no resources and no instances (command line)
};

/// What the writer did since start; for tests, benchmarks and metrics.
struct WriterFigures {
  std::uint64_t jobs = 0, commits = 0, failed_commits = 0;
};

/// A job runs on the writer thread inside a savepoint. A failure result (or StoreError) undoes the job and nothing else.
using WriteJob = std::function<Result<void>(Transaction&)>;

class Store {
 public:
  virtual ~Store() = default;

  /// Runs `fn` on a snapshot, here and now. Throws StoreError. May be nested: the inner one shares the snapshot.
  virtual void read(const std::function<void(View&)>& fn) = 0;

  /// The same on the thread of `context`. The snapshot may serve further reads there until the context has run what is ready
  /// now, unless a change is committed in between: each read sees what was acknowledged before it.
  virtual void read(const std::function<void(View&)>& fn, boost::asio::io_context& context) = 0;

  /// Queues a job; the handler is posted to `completion_context` after the commit that made it durable, or after its failure:
  /// service_unavailable if the queue is full, the engine fails or the store is stopping.
  virtual void write(WriteJob job, boost::asio::io_context& completion_context,
                     boost::asio::any_completion_handler<void(Result<void>)> handler) = 0;

  /// Runs a job and waits for it: start-up, command line, tests. Not from an I/O thread.
  virtual Result<void> write_and_wait(WriteJob job) = 0;

  /// True while commits succeed; false after a failed one until the next success (readyz); the writer tries by
  /// itself every second. `reason` says why, for the operator.
  virtual bool is_healthy(std::string* reason = nullptr) const = 0;

  virtual WriterFigures figures() const = 0;

  /// `listener` is called on the writer's thread after each commit that put a lane with a due time: the soonest of them.
  /// Set before the first write; it must not block. Empty: nobody is told.
  virtual void listen_to_lanes(std::function<void(Time)> listener) = 0;

  /// Finishes the queued jobs and closes. Called once, after the I/O threads stopped taking requests.
  virtual void stop() = 0;
};

/// Opens (or makes) the SQLite store. Throws std::runtime_error with a text for the operator: directory locked by
/// another daemon, schema newer than this program, damaged file, no permission.
/// The schema of an older version is migrated forward first, in one transaction.
/// A store that is not `exclusive` takes no lock and reads no instances: changes to resources and instances throw there.
std::unique_ptr<Store> open_sqlite(const Options& options, const model::Registry& registry, const Clock& clock);

/// What async_write starts: a function object, because g++ 12 destroys a capturing lambda next to co_await twice.
struct StartWrite {
  template <class Handler>
  void operator()(Handler&& handler, Store* store, WriteJob job, boost::asio::io_context* context) const {
    store->write(std::move(job), *context,
                 boost::asio::any_completion_handler<void(Result<void>)>(std::forward<Handler>(handler)));
  }
};

/// Form of Store::write for coroutines on `context`:
///   Result<void> done = co_await async_write(store, std::move(job), context, use_awaitable);
template <class CompletionToken>
auto async_write(Store& store, WriteJob job, boost::asio::io_context& context, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(Result<void>)>(StartWrite{}, token, &store, std::move(job),
                                                                          &context);
}

}  // namespace nscl::store
