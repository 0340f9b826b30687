// SPDX-License-Identifier: Apache-2.0
// Shared: what the reading threads and the writer of one store have in common.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>

#include <nscl/model/registry.h>
#include <nscl/store/store.h>

#include "instance_index.h"
#include "resource_cache.h"

namespace nscl::store::sqlite {

struct Shared {
  Shared(const Options& with, const model::Registry& types, const Clock& time, std::filesystem::path database)
      : options(with), registry(types), clock(time), file(std::move(database)), resources(with.resource_cache) {}

  /// The writer has a quarter of the page cache, as most of what it needs was written just now; the readers have the rest.
  std::size_t writer_cache() const { return options.cache_bytes / 4; }
  std::size_t reader_cache() const {
    const auto readers = options.readers != 0 ? options.readers : std::max(std::thread::hardware_concurrency(), 1u);
    return (options.cache_bytes - writer_cache()) / readers;
  }

  const Options options;
  const model::Registry& registry;
  const Clock& clock;
  const std::filesystem::path file;
  ResourceCache resources;
  InstanceIndex instances{32u << 20};
  /// Held by the writer from the commit until the caches know of it. A reader that met disk and memory in between takes
  /// it for a moment and looks again.
  std::mutex publication;
  std::atomic<std::uint64_t> commits{0};   ///< that memory knows of; raised before anybody is told of them
};

}  // namespace nscl::store::sqlite
