// SPDX-License-Identifier: Apache-2.0
// Shared: what the reading threads and the writer of one store have in common.
#pragma once

#include <algorithm>
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

  /// The writer has half of the page cache, the readers (one for each core, as a rule) the other half.
  std::size_t writer_cache() const { return options.cache_bytes / 2; }
  std::size_t reader_cache() const { return options.cache_bytes / 2 / std::max(std::thread::hardware_concurrency(), 1u); }

  const Options options;
  const model::Registry& registry;
  const Clock& clock;
  const std::filesystem::path file;
  ResourceCache resources;
  InstanceIndex instances{32u << 20};
  /// Held by the writer from the commit until the caches know of it. A reader that met disk and memory in between takes
  /// it for a moment and looks again.
  std::mutex publication;
};

}  // namespace nscl::store::sqlite
