// SPDX-License-Identifier: Apache-2.0
#include "snapshot_view.h"

#include <utility>

namespace nscl::store::sqlite {

void SnapshotView::begin() {
  if (is_open_) return;
  version_ = shared_.resources.version();
  commits_ = shared_.commits.load(std::memory_order_acquire);
  connection_.prepare("BEGIN").run();
  is_open_ = true;
}

void SnapshotView::renew() {
  if (is_open_ && commits_ != shared_.commits.load(std::memory_order_acquire) && !end()) throw StoreError("a snapshot could not be ended");
}

// Nothing was written; COMMIT leaves a snapshot with less ado than ROLLBACK.
bool SnapshotView::end() noexcept {
  if (!std::exchange(is_open_, false)) return true;
  try {
    connection_.prepare("COMMIT").run();
    return true;
  } catch (...) {
    return roll_back(connection_);
  }
}

ResourceQueries& SnapshotView::resources() {
  begin();
  return resources_;
}

InstanceQueries& SnapshotView::stored_instances() {
  begin();
  return instances_;
}

OutboxQueries& SnapshotView::outbox() {
  begin();
  return outbox_;
}

SecurityQueries& SnapshotView::access() {
  begin();
  return access_;
}

AuditQueries& SnapshotView::trail() {
  begin();
  return trail_;
}

DeviceQueries& SnapshotView::devices_and_nodes() {
  begin();
  return devices_;
}

ManagementReads& SnapshotView::management() {
  begin();
  return management_;
}

const InstanceList& SnapshotView::instances() {
  if (!shared_.options.exclusive) throw StoreError("instances cannot be read beside a daemon");
  return shared_.instances;
}

model::ResourcePtr SnapshotView::lookup(std::string_view path, bool keep) {
  if (!shared_.options.exclusive) return resources().resource(path);   // nobody tells this cache of changes
  if (auto cached = shared_.resources.find(path)) return cached;
  auto resource = resources().resource(path);
  if (resource && keep) shared_.resources.remember(resource, version_);
  return resource;
}

model::InstancePtr SnapshotView::load(std::uint64_t container, std::uint64_t sequence) {
  if (auto cached = shared_.instances.cached(container, sequence)) return cached;
  if (auto hot = hot_.find(sequence)) return hot;
  auto instance = stored_instances().instance(sequence);
  if (!instance) return instance;
  shared_.instances.remember(container, instance);
  hot_.offer(instance);
  return instance;
}

void SnapshotView::settle() {
  const std::lock_guard wait_for_the_writer(shared_.publication);
  if (!end()) throw StoreError("a snapshot could not be ended");
}

}  // namespace nscl::store::sqlite
