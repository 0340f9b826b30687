// SPDX-License-Identifier: Apache-2.0
// View: what a procedure may read, on one snapshot.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/model/resource.h>
#include <nscl/store/audit.h>
#include <nscl/store/devices.h>
#include <nscl/store/integrity.h>
#include <nscl/store/keys.h>
#include <nscl/store/management.h>
#include <nscl/store/outbox.h>

namespace nscl::store {

/// The numbers of one container's contentInstances.
struct InstanceStats {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  Time last_modified_time{};     ///< last creation, deletion or eviction; the epoch if there never was one
};

/// A child in a collection's listing.
struct ChildEntry {
  std::string name;                      ///< last path segment
  const model::ResourceType* type;
};

/// A Registered principal: who may authenticate, and as whom (docs/security.md).
struct Principal {
  std::string name;          ///< what Basic's user says: a plain name, or the URI of the entity
  std::string entity;        ///< canonical path ("applications/x", "scls/x") or absolute URI it acts as
  std::string verifier;      ///< salted scrypt hash; empty: no password (only where the operator asked for it)
  bool is_operator = false;  ///< may do everything, as the SCL itself
  std::string certificate = {};  ///< name in a client certificate that proves it: "URI:urn:...", "DNS:..."; empty: none
  std::string digest_key = {};   ///< name of the data key that wraps `digest`
  std::string digest = {};       ///< what HTTP Digest is judged by, wrapped; empty: it cannot be used
};

/// Throws StoreError if the engine fails; never half a result. Each answer shows at least every change that was
/// acknowledged before the read began. What comes from memory (cached resources, the counters and newest instances of a
/// container) may be newer than what comes from the snapshot; on the writer everything is exact.
class View {
 public:
  virtual ~View() = default;

  /// The stored resource at `path`, null if there is none. Expired ones are returned too: the caller compares times.
  virtual model::ResourcePtr find(std::string_view path) = 0;
  virtual model::ResourcePtr find(std::uint64_t key) = 0;

  /// Individual children directly below collection `path`, in the order of creation, `limit` at most.
  virtual std::vector<ChildEntry> children(std::string_view path, std::size_t limit) = 0;

  /// Calls `visit` for each stored resource at or below `prefix` in path order, after path `after` (empty: from the
  /// start), until it returns false.
  virtual void scan(std::string_view prefix, std::string_view after, const std::function<bool(const model::ResourcePtr&)>& visit) = 0;

  /// As scan, over the resources that carry the search string `search` (octet-exact), below `prefix`.
  virtual void scan_search_string(std::string_view search, std::string_view prefix,
                                  const std::function<bool(const model::ResourcePtr&)>& visit) = 0;

  /// Paths of the resources whose expirationTime is at or before `now`, soonest first.
  virtual std::vector<std::string> expired(Time now, std::size_t limit) = 0;

  /// Resources of a type in the order of their creation, those with a key above `after`, `limit` at most.
  virtual std::vector<model::ResourcePtr> of_type(std::string_view type, std::uint64_t after, std::size_t limit) = 0;

  /// Stored resources at or below owner_of() some path, collections that have a row of their own among them; contentInstances
  /// are none.
  virtual std::uint64_t resources_of(std::string_view owner) = 0;

  /// The containers that have an age limit (Resource attribute maxInstanceAge), for the sweeper.
  virtual std::vector<std::uint64_t> containers_with_age_limit() = 0;

  // contentInstances of the container with this key
  virtual InstanceStats instance_stats(std::uint64_t container) = 0;
  virtual model::InstancePtr latest_instance(std::uint64_t container) = 0;
  virtual model::InstancePtr oldest_instance(std::uint64_t container) = 0;
  virtual model::InstancePtr find_instance(std::uint64_t container, std::string_view id) = 0;
  /// Sequence number of the newest instance without reading it, 0 if there is none.
  virtual std::uint64_t latest_sequence(std::uint64_t container) = 0;
  /// Visits instances from newest to oldest until `visit` returns false.
  virtual void scan_instances(std::uint64_t container, const std::function<bool(const model::InstancePtr&)>& visit) = 0;
  /// Visits instances with a sequence number above `after`, oldest first, until `visit` returns false.
  virtual void scan_instances_after(std::uint64_t container, std::uint64_t after,
                                    const std::function<bool(const model::InstancePtr&)>& visit) = 0;

  // the outbox; lanes are asked for by name, rows by id
  virtual std::optional<Lane> lane(std::string_view name) = 0;
  /// Lanes that are due at `now` and were not before or at `after`, soonest first.
  virtual std::vector<Lane> due_lanes(Time after, Time now, std::size_t limit) = 0;
  /// When the next lane becomes due after `now`; never if none will.
  virtual Time next_due(Time now) = 0;
  virtual std::vector<Lane> lanes_parked_on(std::string_view what, std::size_t limit) = 0;
  /// Lanes whose name begins with `prefix`, after `after`, in the order of their names.
  virtual std::vector<Lane> lanes(std::string_view prefix, std::string_view after, std::size_t limit) = 0;
  virtual LaneSize lane_size(std::string_view name) = 0;
  /// The rows of a lane in the order in which they leave.
  virtual std::vector<OutboxRow> lane_rows(std::string_view name, std::size_t limit) = 0;
  virtual std::optional<OutboxRow> outbox_row(std::uint64_t id) = 0;
  /// Rows whose time is over, soonest first.
  virtual std::vector<OutboxRow> expired_rows(Time now, std::size_t limit) = 0;
  /// Rows of one owner (empty: of everybody) in the lanes whose names begin so, in the order of their ids after `after`.
  virtual std::vector<OutboxRow> rows_of(std::string_view owner, std::string_view lanes, std::uint64_t after, std::size_t limit) = 0;

  // principals
  virtual std::optional<Key> find_key(std::string_view identity) = 0;
  /// Keys after `after` in the order of their identities.
  virtual std::vector<Key> keys(std::string_view after, std::size_t limit) = 0;
  /// The keys of a node, whatever their state, the highest index first.
  virtual std::vector<Key> keys_of_node(std::string_view node) = 0;
  /// Keys that were put after the one whose `change` this was, in that order.
  virtual std::vector<Key> keys_changed_after(std::uint64_t change, std::size_t limit) = 0;
  /// The highest `change` of all keys; 0 if there is none.
  virtual std::uint64_t last_key_change() = 0;
  /// Keys in that state whose not_after is at or before `now`.
  virtual std::vector<Key> keys_over(KeyState state, Time now, std::size_t limit) = 0;
  /// True if a key that may be used now proves this entity.
  virtual bool is_proven_by_key(std::string_view entity, Time now) = 0;
  /// Pending keys whose not_before, which says when they were given out, is at or before `since`; oldest first.
  virtual std::vector<Key> keys_pending_since(Time since, std::size_t limit) = 0;
  virtual std::optional<Token> find_token(std::string_view id) = 0;
  /// Tokens in the order of their ids.
  virtual std::vector<Token> tokens() = 0;

  virtual std::optional<Principal> find_principal(std::string_view name) = 0;
  virtual std::vector<Principal> principals() = 0;
  /// The principal that this name in a client certificate proves.
  virtual std::optional<Principal> find_principal_by_certificate(std::string_view name) = 0;

  /// Records of the audit trail in their order.
  virtual std::vector<AuditRecord> audit(const AuditFilter& filter, std::size_t limit) = 0;
  /// The newest record.
  virtual std::optional<AuditRecord> audit_head() = 0;
  /// The records after `after` whose personal data is about `entity`: it acted, or it or what lies below it was acted upon.
  virtual std::vector<std::uint64_t> audit_about(std::string_view entity, std::uint64_t after, std::size_t limit) = 0;
  /// Checkpoints of records after `after`.
  virtual std::vector<AuditCheckpoint> audit_checkpoints(std::uint64_t after, std::size_t limit) = 0;
  virtual std::optional<AuditCheckpoint> last_audit_checkpoint() = 0;
  /// The last record of the part that was given up as too old; none if all is there.
  virtual std::optional<AuditCheckpoint> audit_tombstone() = 0;

  // integrity
  /// Keys that prove this entity and are not revoked, in the order of their identities.
  virtual std::vector<Key> keys_of_entity(std::string_view entity) = 0;
  /// Results of one SCL (empty: of all) with an id below `before`, the newest first.
  virtual std::vector<IntegrityRecord> integrity_records(std::string_view scl, std::uint64_t before, std::size_t limit) = 0;
  /// The latest secureTimeStamp of the proven results that this node told; nullopt: it told none.
  virtual std::optional<Time> last_secure_time(std::string_view node) = 0;
  virtual std::optional<Quarantined> quarantined(std::string_view scl) = 0;
  /// In the order of their ids, after `after`.
  virtual std::vector<Quarantined> all_quarantined(std::string_view after, std::size_t limit) = 0;

  // devices and nodes
  virtual std::optional<Device> find_device(std::string_view hardware) = 0;
  virtual std::optional<Device> find_device_of_node(std::string_view node) = 0;
  /// The device that the key of this identity vouches for.
  virtual std::optional<Device> find_device_of_voucher(std::string_view identity) = 0;
  /// The device that was declared to carry this SCL; a blocked one carries none.
  virtual std::optional<Device> find_device_of_scl(std::string_view scl_id) = 0;
  /// Devices after `after` in the order of their hardware ids.
  virtual std::vector<Device> devices(std::string_view after, std::size_t limit) = 0;
  virtual std::optional<Node> find_node(std::string_view id) = 0;

  /// What device management keeps. Lives as long as this object.
  virtual ManagementReads& management() = 0;

  /// Small persistent facts ("instance" of the store, first start); nullopt if never set.
  virtual std::optional<std::string> fact(std::string_view name) = 0;
};

}  // namespace nscl::store
