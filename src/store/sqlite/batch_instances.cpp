// SPDX-License-Identifier: Apache-2.0
#include "batch_instances.h"

#include <algorithm>
#include <stdexcept>

namespace nscl::store::sqlite {

// ---- one container

std::span<const Slot> BatchInstances::Change::base_slots() const {
  return base ? base->series.slots().subspan(skipped) : std::span<const Slot>{};
}

bool BatchInstances::Change::is_living(const Slot& slot) const {
  return !slot.is_dead() && (erased.empty() || !std::binary_search(erased.begin(), erased.end(), slot.sequence()));
}

const Slot* BatchInstances::Change::find(std::uint64_t sequence) const {
  if (const auto* slot = added.find(sequence)) return slot;
  const auto slots = base_slots();
  const auto index = lower_bound(slots, sequence);
  const auto found = index < slots.size() && slots[index].sequence() == sequence && is_living(slots[index]);
  return found ? &slots[index] : nullptr;
}

void BatchInstances::Change::pass_dead_front() {
  const auto slots = base_slots();
  std::size_t dead = 0;
  while (dead < slots.size() && !is_living(slots[dead])) ++dead;
  skipped += dead;
}

// ---- what jobs ask

const BatchInstances::Change* BatchInstances::find(std::uint64_t container) const {
  const auto found = changes_.find(container);
  return found == changes_.end() ? nullptr : &found->second;
}

InstanceStats BatchInstances::stats(std::uint64_t container) const {
  const auto* change = find(container);
  return change ? change->stats : index_.stats(container);
}

bool BatchInstances::has_names(std::uint64_t container) const {
  const auto* change = find(container);
  return change ? change->names > 0 : index_.has_names(container);
}

bool BatchInstances::contains(std::uint64_t container, std::uint64_t sequence) const {
  const auto* change = find(container);
  return change ? change->find(sequence) != nullptr : index_.contains(container, sequence);
}

std::uint64_t BatchInstances::latest(std::uint64_t container) const {
  std::uint64_t sequence = 0;
  newest(container, UINT64_MAX, {&sequence, 1});
  return sequence;
}

std::uint64_t BatchInstances::oldest(std::uint64_t container) const {
  const auto* change = find(container);
  if (!change) return index_.oldest(container);
  for (const auto& slot : change->base_slots()) if (change->is_living(slot)) return slot.sequence();
  for (const auto& slot : change->added.slots()) if (!slot.is_dead()) return slot.sequence();
  return 0;
}

std::size_t BatchInstances::newest(std::uint64_t container, std::uint64_t before, std::span<std::uint64_t> out) const {
  const auto* change = find(container);
  if (!change) return index_.newest(container, before, out);
  std::size_t count = 0;
  for (const auto slots : {change->added.slots(), change->base_slots()}) {
    for (auto index = lower_bound(slots, before); index > 0 && count < out.size(); --index) {
      if (change->is_living(slots[index - 1])) out[count++] = slots[index - 1].sequence();
    }
  }
  return count;
}

std::size_t BatchInstances::following(std::uint64_t container, std::uint64_t after, std::span<std::uint64_t> out) const {
  const auto* change = find(container);
  if (!change) return index_.following(container, after, out);
  std::size_t count = 0;
  for (const auto slots : {change->base_slots(), change->added.slots()}) {
    for (auto index = lower_bound(slots, after + 1); index < slots.size() && count < out.size(); ++index) {
      if (change->is_living(slots[index])) out[count++] = slots[index].sequence();
    }
  }
  return count;
}

model::InstancePtr BatchInstances::pending(std::uint64_t sequence) const {
  const auto found = std::lower_bound(appended_.begin(), appended_.end(), sequence, [](const Append& a, std::uint64_t wanted) {
    return a.instance->sequence < wanted;
  });
  return found != appended_.end() && found->instance->sequence == sequence ? found->instance : nullptr;
}

// ---- what jobs do

BatchInstances::Change& BatchInstances::touch(std::uint64_t container) {
  const auto [place, is_new] = changes_.try_emplace(container);
  auto& change = place->second;
  if (change.job == job_) return change;
  if (is_new) {
    before_.emplace_back(container, std::nullopt);
    if (const auto* base = index_.committed(container)) {
      change.base = base;
      change.stats = base->stats;
      change.names = base->names;
    }
  } else {
    before_.emplace_back(container, change);
  }
  change.job = job_;
  return change;
}

void BatchInstances::append(std::uint64_t container, const model::InstancePtr& instance, bool is_named) {
  auto& change = touch(container);
  if (change.is_gone) throw std::logic_error("an instance for a container that was erased");
  change.added.append({instance->sequence, instance->content.size()});
  change.stats.count += 1;
  change.stats.bytes += instance->content.size();
  change.stats.last_modified_time = instance->creation_time;
  change.names += is_named ? 1 : 0;
  change.newest = instance;
  change.appended_by = job_;
  change.is_deletion_newer = false;
  appended_.push_back({container, instance, is_named});
}

void BatchInstances::drop(std::uint64_t container, std::uint64_t sequence, bool is_named) {
  auto& change = touch(container);
  change.stats.bytes -= change.find(sequence)->size();
  change.stats.count -= 1;
  change.names -= is_named ? 1 : 0;
  if (change.newest && change.newest->sequence == sequence) change.newest = nullptr;
  if (!change.added.kill(sequence)) {
    change.erased.insert(std::lower_bound(change.erased.begin(), change.erased.end(), sequence), sequence);
    change.pass_dead_front();
    const auto slots = change.base_slots();
    const auto passed = slots.empty() ? UINT64_MAX : slots.front().sequence();
    change.erased.erase(change.erased.begin(), std::lower_bound(change.erased.begin(), change.erased.end(), passed));
  }
  dropped_.push_back(sequence);
}

void BatchInstances::drop_all(std::uint64_t container) {
  auto& change = touch(container);
  dropped_.reserve(dropped_.size() + change.stats.count);
  for (const auto& slot : change.base_slots()) if (change.is_living(slot)) dropped_.push_back(slot.sequence());
  for (const auto& slot : change.added.slots()) if (!slot.is_dead()) dropped_.push_back(slot.sequence());
  const auto job = change.job;
  change = Change{};
  change.job = job;
  change.is_gone = true;
}

bool BatchInstances::has_appended(std::uint64_t container) const {
  const auto* change = find(container);
  return change && change->newest && change->appended_by == job_;
}

void BatchInstances::set_last_modified(std::uint64_t container, Time time) {
  auto& change = touch(container);
  change.stats.last_modified_time = time;
  change.is_deletion_newer = true;
}

// ---- the end of a job, and of the batch

void BatchInstances::keep_job() {
  before_.clear();
  appended_before_ = appended_.size();
  dropped_before_ = dropped_.size();
  ++job_;
}

void BatchInstances::undo_job() {
  for (auto& [container, before] : before_) {
    if (before) changes_[container] = std::move(*before);
    else changes_.erase(container);
  }
  appended_.resize(appended_before_);
  dropped_.resize(dropped_before_);
  keep_job();
}

void BatchInstances::apply(const Change& change, ContainerInstances& entry) {
  entry.series.cut_front(change.skipped);   // first, as kill() may move the front
  for (const auto sequence : change.erased) entry.series.kill(sequence);
  for (const auto& slot : change.added.slots()) if (!slot.is_dead()) entry.series.append(slot);
  entry.stats = change.stats;
  entry.names = change.names;
}

void BatchInstances::publish() {
  for (const auto& [container, change] : changes_) {
    if (change.is_gone) index_.erase(container);
    else index_.update(container, change.newest, [&added = change](ContainerInstances& entry) { apply(added, entry); });
  }
  clear();
}

void BatchInstances::clear() {
  changes_.clear();
  appended_.clear();
  dropped_.clear();
  before_.clear();
  appended_before_ = dropped_before_ = 0;
  ++job_;
}

}  // namespace nscl::store::sqlite
