// SPDX-License-Identifier: Apache-2.0
// Two-generation cache of rendered bodies.
#include <nscl/core/body_cache.h>

#include <functional>
#include <utility>

namespace nscl::core {

namespace {
constexpr std::size_t entry_overhead = 128;
}

BodyCache::Body BodyCache::find(std::uint64_t key) {
  auto& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.young.find(key); found != shard.young.end()) return found->second;
  const auto found = shard.old.find(key);
  if (found == shard.old.end()) return nullptr;
  auto body = found->second;
  shard.old.erase(found);
  insert_locked(shard, key, body);
  return body;
}

void BodyCache::offer(std::uint64_t key, Body body) {
  auto& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  auto& last = shard.offered[std::hash<std::uint64_t>{}(key / shards) % remembered_offers];
  if (std::exchange(last, key) == key) insert_locked(shard, key, std::move(body));
}

void BodyCache::insert_locked(Shard& shard, std::uint64_t key, Body body) {
  const auto size = body->size() + entry_overhead;
  if (size > bytes_per_generation_) return;
  if (shard.young_bytes + size > bytes_per_generation_) {
    shard.old = std::move(shard.young);
    shard.young.clear();
    shard.young_bytes = 0;
  }
  if (shard.young.emplace(key, std::move(body)).second) shard.young_bytes += size;
}

}  // namespace nscl::core
