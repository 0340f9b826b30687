// SPDX-License-Identifier: Apache-2.0
// ReaderPool: a read-only connection for every thread that reads, opened at its first read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "snapshot_view.h"

namespace nscl::store::sqlite {

class ReaderPool {
 public:
  explicit ReaderPool(Shared& shared);

  /// `context`: this thread's; null if the snapshot is not to be kept after the read.
  void read(const std::function<void(View&)>& fn, boost::asio::io_context* context);
  /// Closes the connections, each as soon as its thread has finished the read it is in. Later reads throw.
  void close();

 private:
  struct Reader {
    std::recursive_mutex mutex;   // its thread against close(); recursive for a read within a read
    unsigned depth = 0;
    std::unique_ptr<Connection> connection;
    std::optional<SnapshotView> view;
    bool is_closed = false;
    bool is_kept = false;   // the snapshot stays after a read; its end has been posted
  };
  using ReaderPtr = std::shared_ptr<Reader>;
  const ReaderPtr& reader_of_this_thread();
  static void run(Reader& reader, const std::function<void(View&)>& fn);
  static void keep(const ReaderPtr& reader, boost::asio::io_context& context);
  static void end(Reader& reader, bool is_broken) noexcept;

  Shared& shared_;
  const std::uint64_t id_;   // no two pools of a process have the same
  std::mutex mutex_;
  bool is_closed_ = false;
  std::map<std::thread::id, ReaderPtr> readers_;
};

}  // namespace nscl::store::sqlite
