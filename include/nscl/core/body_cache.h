// SPDX-License-Identifier: Apache-2.0
// BodyCache: rendered contentInstances. They never change, so nothing is ever invalidated; whether one still exists
// is asked of the store before the cache.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace nscl::core {

class BodyCache {
 public:
  using Body = std::shared_ptr<const std::string>;

  explicit BodyCache(std::size_t bytes) : bytes_per_generation_(bytes / shards / 2) {}

  /// `key`: sequence number and variant. Null if it is not there.
  Body find(std::uint64_t key);
  /// Kept only when the key is offered a second time within a while: what is read once would only push out what is hot.
  void offer(std::uint64_t key, Body body);

 private:
  // Two generations per shard: when the young one is full it becomes the old one, and what nobody asked for goes.
  static constexpr std::size_t shards = 16;
  static constexpr std::size_t remembered_offers = 512;
  struct Shard {
    std::mutex mutex;
    std::array<std::uint64_t, remembered_offers> offered{};
    std::unordered_map<std::uint64_t, Body> young, old;
    std::size_t young_bytes = 0;
  };
  void insert_locked(Shard& shard, std::uint64_t key, Body body);
  Shard& shard_of(std::uint64_t key) { return shards_[(key >> 3) % shards]; }

  std::size_t bytes_per_generation_;
  std::array<Shard, shards> shards_;
};

}  // namespace nscl::core
