// SPDX-License-Identifier: Apache-2.0
// Reads: what View promises, built on statements, caches and the instance index; the same for a reader's snapshot and
// the writer's transaction, which differ in where a resource or an instance is looked for first.
#pragma once

#include <nscl/store/transaction.h>

#include "audit_queries.h"
#include "device_queries.h"
#include "instance_queries.h"
#include "management_queries.h"
#include "outbox_queries.h"
#include "resource_queries.h"
#include "security_queries.h"

namespace nscl::store::sqlite {

template <class Interface>
class Reads : public Interface {
 public:
  model::ResourcePtr find(std::string_view path) override { return lookup(path, true); }
  model::ResourcePtr find(std::uint64_t key) override;
  std::vector<ChildEntry> children(std::string_view path, std::size_t limit) override { return resources().children(path, limit); }
  void scan(std::string_view prefix, std::string_view after,
            const std::function<bool(const model::ResourcePtr&)>& visit) override;
  void scan_search_string(std::string_view search, std::string_view prefix,
                          const std::function<bool(const model::ResourcePtr&)>& visit) override;
  std::vector<std::string> expired(Time now, std::size_t limit) override { return resources().expired(now, limit); }
  std::vector<model::ResourcePtr> of_type(std::string_view type, std::uint64_t after, std::size_t limit) override;
  std::uint64_t resources_of(std::string_view owner) override { return resources().held(owner); }
  std::vector<std::uint64_t> containers_with_age_limit() override { return resources().with_age_limit(); }

  InstanceStats instance_stats(std::uint64_t container) override { return instances().stats(container); }
  model::InstancePtr latest_instance(std::uint64_t container) override;
  model::InstancePtr oldest_instance(std::uint64_t container) override;
  model::InstancePtr find_instance(std::uint64_t container, std::string_view id) override;
  std::uint64_t latest_sequence(std::uint64_t container) override { return instances().latest(container); }
  void scan_instances(std::uint64_t container, const std::function<bool(const model::InstancePtr&)>& visit) override;
  void scan_instances_after(std::uint64_t container, std::uint64_t after,
                            const std::function<bool(const model::InstancePtr&)>& visit) override;

  std::optional<Lane> lane(std::string_view name) override { return outbox().lane(name); }
  std::vector<Lane> due_lanes(Time after, Time now, std::size_t limit) override { return outbox().due_lanes(after, now, limit); }
  Time next_due(Time now) override { return outbox().next_due(now); }
  std::vector<Lane> lanes_parked_on(std::string_view what, std::size_t limit) override { return outbox().lanes_parked_on(what, limit); }
  std::vector<Lane> lanes(std::string_view prefix, std::string_view after, std::size_t limit) override { return outbox().lanes(prefix, after, limit); }
  LaneSize lane_size(std::string_view name) override { return outbox().lane_size(name); }
  std::vector<OutboxRow> lane_rows(std::string_view name, std::size_t limit) override { return outbox().lane_rows(name, limit); }
  std::optional<OutboxRow> outbox_row(std::uint64_t id) override { return outbox().row(id); }
  std::vector<OutboxRow> expired_rows(Time now, std::size_t limit) override { return outbox().expired_rows(now, limit); }
  std::vector<OutboxRow> rows_of(std::string_view owner, std::string_view lanes, std::uint64_t after, std::size_t limit) override {
    return outbox().rows_of(owner, lanes, after, limit);
  }

  std::optional<Key> find_key(std::string_view identity) override { return access().key(identity); }
  std::vector<Key> keys(std::string_view after, std::size_t limit) override { return access().keys(after, limit); }
  std::vector<Key> keys_of_node(std::string_view node) override { return access().keys_of_node(node); }
  std::vector<Key> keys_changed_after(std::uint64_t change, std::size_t limit) override { return access().keys_changed_after(change, limit); }
  std::uint64_t last_key_change() override { return access().last_key_change(); }
  std::vector<Key> keys_over(KeyState state, Time now, std::size_t limit) override { return access().keys_over(state, now, limit); }
  bool is_proven_by_key(std::string_view entity, Time now) override { return access().is_proven_by_key(entity, now); }
  std::vector<Key> keys_pending_since(Time since, std::size_t limit) override { return access().keys_pending_since(since, limit); }
  std::optional<Token> find_token(std::string_view id) override { return access().token(id); }
  std::vector<Token> tokens() override { return access().tokens(); }
  std::optional<Principal> find_principal(std::string_view name) override { return access().principal(name); }
  std::vector<Principal> principals() override { return access().principals(); }
  std::optional<Principal> find_principal_by_certificate(std::string_view name) override { return access().principal_by_certificate(name); }
  std::vector<AuditRecord> audit(const AuditFilter& filter, std::size_t limit) override { return trail().records(filter, limit); }
  std::optional<AuditRecord> audit_head() override { return trail().head(); }
  std::vector<std::uint64_t> audit_about(std::string_view entity, std::uint64_t after, std::size_t limit) override { return trail().about(entity, after, limit); }
  std::vector<AuditCheckpoint> audit_checkpoints(std::uint64_t after, std::size_t limit) override { return trail().checkpoints(after, limit); }
  std::optional<AuditCheckpoint> last_audit_checkpoint() override { return trail().last_checkpoint(); }
  std::optional<AuditCheckpoint> audit_tombstone() override { return trail().tombstone(); }
  std::vector<Key> keys_of_entity(std::string_view entity) override { return access().keys_of_entity(entity); }
  std::vector<IntegrityRecord> integrity_records(std::string_view scl, std::uint64_t before, std::size_t limit) override {
    return access().integrity_records(scl, before, limit);
  }
  std::optional<Time> last_secure_time(std::string_view node) override { return access().last_secure_time(node); }
  std::optional<Quarantined> quarantined(std::string_view scl) override { return access().quarantined(scl); }
  std::vector<Quarantined> all_quarantined(std::string_view after, std::size_t limit) override { return access().all_quarantined(after, limit); }
  std::optional<Device> find_device(std::string_view hardware) override { return devices_and_nodes().device(hardware); }
  std::optional<Device> find_device_of_node(std::string_view node) override { return devices_and_nodes().device_of_node(node); }
  std::optional<Device> find_device_of_voucher(std::string_view identity) override { return devices_and_nodes().device_of_voucher(identity); }
  std::optional<Device> find_device_of_scl(std::string_view scl_id) override { return devices_and_nodes().device_of_scl(scl_id); }
  std::vector<Device> devices(std::string_view after, std::size_t limit) override { return devices_and_nodes().devices(after, limit); }
  std::optional<Node> find_node(std::string_view id) override { return devices_and_nodes().node(id); }
  std::optional<std::string> fact(std::string_view name) override { return resources().fact(name); }

 protected:
  /// The statements, on an open snapshot.
  virtual ResourceQueries& resources() = 0;
  virtual InstanceQueries& stored_instances() = 0;
  virtual OutboxQueries& outbox() = 0;
  virtual SecurityQueries& access() = 0;
  virtual AuditQueries& trail() = 0;
  virtual DeviceQueries& devices_and_nodes() = 0;
  virtual const InstanceList& instances() = 0;
  /// A resource from wherever it is found first; `keep`: worth a place in the cache.
  virtual model::ResourcePtr lookup(std::string_view path, bool keep) = 0;
  virtual model::InstancePtr load(std::uint64_t container, std::uint64_t sequence) = 0;
  /// Called when an instance that the list names could not be loaded, before another try.
  virtual void settle() = 0;

 private:
  template <class NextPaths>
  void visit_each(const NextPaths& next_paths, const std::function<bool(const model::ResourcePtr&)>& visit);
  template <class Choose>
  model::InstancePtr load_chosen(std::uint64_t container, const Choose& choose);
  /// The instance that a scan has come to; null if it is gone by now.
  model::InstancePtr load_listed(std::uint64_t container, std::uint64_t sequence);
};

extern template class Reads<View>;
extern template class Reads<Transaction>;

}  // namespace nscl::store::sqlite
