// SPDX-License-Identifier: Apache-2.0
// InstanceIndex: which instances every container holds, as committed, and the newest instances themselves.
// The writer changes it after each commit; readers on other threads look at it under the lock of a shard.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <nscl/model/resource.h>

#include "instance_series.h"
#include "lru_cache.h"

namespace nscl::store::sqlite {

/// The instances of one container.
struct ContainerInstances {
  Series series;
  InstanceStats stats;
  std::uint64_t names = 0;     ///< instances whose id a client chose
};

class InstanceIndex final : public InstanceList {
 public:
  explicit InstanceIndex(std::size_t cache_bytes);

  InstanceStats stats(std::uint64_t container) const override;
  std::uint64_t latest(std::uint64_t container) const override;
  std::uint64_t oldest(std::uint64_t container) const override;
  bool contains(std::uint64_t container, std::uint64_t sequence) const override;
  bool has_names(std::uint64_t container) const override;
  std::size_t newest(std::uint64_t container, std::uint64_t before, std::span<std::uint64_t> out) const override;
  std::size_t following(std::uint64_t container, std::uint64_t after, std::span<std::uint64_t> out) const override;

  /// The newest instance of the container, if it has this sequence number and is in memory.
  model::InstancePtr cached(std::uint64_t container, std::uint64_t sequence) const;
  /// Keeps `instance` in memory if it is the newest of the container.
  void remember(std::uint64_t container, const model::InstancePtr& instance);

  // Start-up, before there are readers; in ascending order of sequence.
  void restore(std::uint64_t container, Slot slot, Time created);
  void restore_names(std::uint64_t container, std::uint64_t count);
  void restore_deletion(std::uint64_t container, Time last_modified);
  void finish_restore();

  // The writer. No lock is needed to look: nobody else changes anything.
  const ContainerInstances* committed(std::uint64_t container) const;
  /// Calls `change` with the entry of the container, made if need be, and remembers `newest` (may be null).
  template <class Change>
  void update(std::uint64_t container, const model::InstancePtr& newest, const Change& change) {
    auto& shard = shard_of(container);
    const std::lock_guard lock(shard.mutex);
    change(shard.containers[container]);
    if (newest) shard.remember(container, newest);
  }
  void erase(std::uint64_t container);

 private:
  struct Shard {
    explicit Shard(std::size_t cache_bytes) : cache(cache_bytes) {}
    void remember(std::uint64_t container, const model::InstancePtr& instance);
    std::mutex mutex;
    std::unordered_map<std::uint64_t, ContainerInstances> containers;
    LruCache<std::uint64_t, model::InstancePtr> cache;
  };
  Shard& shard_of(std::uint64_t container) const { return *shards_[container % shards_.size()]; }
  /// Result of `ask` under the lock, or a zero if the container has no entry.
  template <class Ask>
  auto look(std::uint64_t container, const Ask& ask) const;

  std::array<std::unique_ptr<Shard>, 16> shards_;
};

}  // namespace nscl::store::sqlite
