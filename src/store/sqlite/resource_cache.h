// SPDX-License-Identifier: Apache-2.0
// ResourceCache: decoded resources by path, for all threads. The writer publishes what it changed after each commit and
// before anybody is told of it; a reader may add what it loaded unless that path's shard changed after its snapshot.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <nscl/model/resource.h>

#include "lru_cache.h"

namespace nscl::store::sqlite {

/// Path -> new state, null if it was erased.
using ResourceChanges = std::map<std::string, model::ResourcePtr, std::less<>>;

class ResourceCache {
 public:
  explicit ResourceCache(std::size_t entries);

  /// Number of the last change that is published. A reader notes it before its snapshot begins.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

  model::ResourcePtr find(std::string_view path);
  /// Adds what was loaded from a snapshot that began at `version` or later.
  void remember(const model::ResourcePtr& resource, std::uint64_t version);

  /// Writer only.
  void publish(const ResourceChanges& changes);

 private:
  struct Shard {
    explicit Shard(std::size_t entries) : resources(entries) {}
    std::mutex mutex;
    std::uint64_t changed = 0;   // version of the last publication that touched this shard
    LruCache<std::string_view, model::ResourcePtr> resources;
  };
  Shard& shard_of(std::string_view path) { return *shards_[std::hash<std::string_view>{}(path) % shards_.size()]; }

  std::atomic<std::uint64_t> version_{0};
  std::array<std::unique_ptr<Shard>, 32> shards_;
};

}  // namespace nscl::store::sqlite
