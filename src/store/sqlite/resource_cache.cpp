// SPDX-License-Identifier: Apache-2.0
#include "resource_cache.h"

#include <algorithm>

namespace nscl::store::sqlite {

ResourceCache::ResourceCache(std::size_t entries) {
  for (auto& shard : shards_) shard = std::make_unique<Shard>(std::max<std::size_t>(entries / shards_.size(), 1));
}

model::ResourcePtr ResourceCache::find(std::string_view path) {
  auto& shard = shard_of(path);
  const std::lock_guard lock(shard.mutex);
  const auto* found = shard.resources.find(path);
  return found ? *found : nullptr;
}

void ResourceCache::remember(const model::ResourcePtr& resource, std::uint64_t version) {
  auto& shard = shard_of(resource->path);
  const std::lock_guard lock(shard.mutex);
  if (shard.changed <= version) shard.resources.put(resource->path, resource);
}

// The version is raised last: who saw it raised has a snapshot that holds these changes.
void ResourceCache::publish(const ResourceChanges& changes) {
  const auto next = version_.load(std::memory_order_relaxed) + 1;
  for (const auto& [path, resource] : changes) {
    auto& shard = shard_of(path);
    const std::lock_guard lock(shard.mutex);
    shard.changed = next;
    if (resource) shard.resources.put(resource->path, resource);
    else shard.resources.erase(path);
  }
  version_.store(next, std::memory_order_release);
}

}  // namespace nscl::store::sqlite
