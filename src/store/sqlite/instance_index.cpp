// SPDX-License-Identifier: Apache-2.0
#include "instance_index.h"

#include <algorithm>

namespace nscl::store::sqlite {
namespace {

std::size_t cost_of(const model::Instance& instance) {
  return sizeof(instance) + 128 + instance.id.size() + instance.content_type.size() + instance.content.size();
}

std::uint64_t first_living(std::span<const Slot> slots) {
  const auto found = std::find_if(slots.begin(), slots.end(), [](const Slot& slot) { return !slot.is_dead(); });
  return found == slots.end() ? 0 : found->sequence();
}

}  // namespace

InstanceIndex::InstanceIndex(std::size_t cache_bytes) {
  for (auto& shard : shards_) shard = std::make_unique<Shard>(cache_bytes / shards_.size());
}

template <class Ask>
auto InstanceIndex::look(std::uint64_t container, const Ask& ask) const {
  auto& shard = shard_of(container);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.containers.find(container);
  return found == shard.containers.end() ? decltype(ask(found->second)){} : ask(found->second);
}

InstanceStats InstanceIndex::stats(std::uint64_t container) const {
  return look(container, [](const auto& entry) { return entry.stats; });
}

std::uint64_t InstanceIndex::latest(std::uint64_t container) const {
  std::uint64_t sequence = 0;
  newest(container, UINT64_MAX, {&sequence, 1});
  return sequence;
}

std::uint64_t InstanceIndex::oldest(std::uint64_t container) const {
  return look(container, [](const auto& entry) { return first_living(entry.series.slots()); });
}

bool InstanceIndex::contains(std::uint64_t container, std::uint64_t sequence) const {
  return look(container, [&](const auto& entry) { return entry.series.find(sequence) != nullptr; });
}

bool InstanceIndex::has_names(std::uint64_t container) const {
  return look(container, [](const auto& entry) { return entry.names > 0; });
}

std::size_t InstanceIndex::newest(std::uint64_t container, std::uint64_t before, std::span<std::uint64_t> out) const {
  return look(container, [&](const auto& entry) {
    const auto slots = entry.series.slots();
    std::size_t count = 0;
    for (auto index = lower_bound(slots, before); index > 0 && count < out.size(); --index) {
      if (!slots[index - 1].is_dead()) out[count++] = slots[index - 1].sequence();
    }
    return count;
  });
}

std::size_t InstanceIndex::following(std::uint64_t container, std::uint64_t after, std::span<std::uint64_t> out) const {
  return look(container, [&](const auto& entry) {
    const auto slots = entry.series.slots();
    std::size_t count = 0;
    for (auto index = lower_bound(slots, after + 1); index < slots.size() && count < out.size(); ++index) {
      if (!slots[index].is_dead()) out[count++] = slots[index].sequence();
    }
    return count;
  });
}

model::InstancePtr InstanceIndex::cached(std::uint64_t container, std::uint64_t sequence) const {
  auto& shard = shard_of(container);
  const std::lock_guard lock(shard.mutex);
  const auto* found = shard.cache.find(container);
  return found && (*found)->sequence == sequence ? *found : nullptr;
}

void InstanceIndex::Shard::remember(std::uint64_t container, const model::InstancePtr& instance) {
  cache.put(container, instance, cost_of(*instance));
}

void InstanceIndex::remember(std::uint64_t container, const model::InstancePtr& instance) {
  auto& shard = shard_of(container);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.containers.find(container);
  if (found == shard.containers.end()) return;
  const auto slots = found->second.series.slots();
  if (!slots.empty() && slots.back().sequence() == instance->sequence) shard.remember(container, instance);
}

void InstanceIndex::restore(std::uint64_t container, Slot slot, Time created) {
  auto& entry = shard_of(container).containers[container];
  entry.series.append(slot);
  entry.stats.count += 1;
  entry.stats.bytes += slot.size();
  entry.stats.last_modified_time = created;
}

void InstanceIndex::restore_names(std::uint64_t container, std::uint64_t count) {
  shard_of(container).containers[container].names = count;
}

void InstanceIndex::restore_deletion(std::uint64_t container, Time last_modified) {
  auto& stats = shard_of(container).containers[container].stats;
  stats.last_modified_time = std::max(stats.last_modified_time, last_modified);
}

void InstanceIndex::finish_restore() {
  for (auto& shard : shards_) {
    for (auto& [container, entry] : shard->containers) entry.series.shrink();
  }
}

const ContainerInstances* InstanceIndex::committed(std::uint64_t container) const {
  const auto& containers = shard_of(container).containers;
  const auto found = containers.find(container);
  return found == containers.end() ? nullptr : &found->second;
}

void InstanceIndex::erase(std::uint64_t container) {
  auto& shard = shard_of(container);
  const std::lock_guard lock(shard.mutex);
  shard.containers.erase(container);
  shard.cache.erase(container);
}

}  // namespace nscl::store::sqlite
