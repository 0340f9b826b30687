// SPDX-License-Identifier: Apache-2.0
#include "reader_pool.h"

#include <atomic>

#include <boost/asio/post.hpp>

namespace nscl::store::sqlite {
namespace {

std::uint64_t next_pool_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

ReaderPool::ReaderPool(Shared& shared) : shared_(shared), id_(next_pool_id()) {}

// The last answer is remembered, so that a thread asks the map only when it changes between stores.
const ReaderPool::ReaderPtr& ReaderPool::reader_of_this_thread() {
  thread_local std::uint64_t last_pool = 0;
  thread_local ReaderPtr last_reader;
  if (last_pool != id_) {
    const std::lock_guard lock(mutex_);
    auto& reader = readers_[std::this_thread::get_id()];
    if (!reader) {
      reader = std::make_shared<Reader>();
      reader->is_closed = is_closed_;
    }
    last_pool = id_;
    last_reader = reader;
  }
  return last_reader;
}

void ReaderPool::read(const std::function<void(View&)>& fn, boost::asio::io_context* context) {
  const auto& reader = reader_of_this_thread();
  const std::lock_guard lock(reader->mutex);
  if (reader->depth > 0) return fn(*reader->view);
  if (reader->is_closed) throw StoreError("the store is closed");
  if (!reader->view) {
    reader->connection = std::make_unique<Connection>(shared_.file, Connection::Mode::read_only, shared_.reader_cache());
    reader->view.emplace(shared_, *reader->connection);
  }
  reader->view->renew();
  run(*reader, fn);
  if (reader->is_kept) return;
  if (context && reader->view->is_open()) keep(reader, *context);
  else end(*reader, false);
}

void ReaderPool::keep(const ReaderPtr& reader, boost::asio::io_context& context) {
  reader->is_kept = true;
  boost::asio::post(context, [reader] {
    const std::lock_guard lock(reader->mutex);
    reader->is_kept = false;
    if (reader->view) end(*reader, false);
  });
}

void ReaderPool::run(Reader& reader, const std::function<void(View&)>& fn) {
  ++reader.depth;
  try {
    fn(*reader.view);
  } catch (const EngineError& error) {
    --reader.depth;
    end(reader, error.breaks_connection());
    throw;
  } catch (...) {
    --reader.depth;
    end(reader, false);
    throw;
  }
  --reader.depth;
}

void ReaderPool::end(Reader& reader, bool is_broken) noexcept {
  if (reader.view->end() && !is_broken) return;
  reader.view.reset();
  reader.connection.reset();
}

void ReaderPool::close() {
  std::vector<ReaderPtr> all;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    for (auto& [thread, reader] : readers_) all.push_back(reader);
  }
  for (const auto& reader : all) {
    const std::lock_guard wait_for_read(reader->mutex);
    reader->is_closed = true;
    reader->view.reset();
    reader->connection.reset();
  }
}

}  // namespace nscl::store::sqlite
