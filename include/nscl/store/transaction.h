// SPDX-License-Identifier: Apache-2.0
// Transaction: a View that may change things. One job sees its own changes and those of the jobs before it.
#pragma once

#include <nscl/store/view.h>

namespace nscl::store {

class Transaction : public View {
 public:
  /// The time stamp of the change that is being made: unique in the whole store and later than every stamp before,
  /// even if the clock was set back. Whole milliseconds while the pace allows, microseconds above them otherwise.
  /// Each call gives the next one.
  virtual Time stamp() = 0;

  /// Inserts (key 0; a key is given) or replaces a resource. Keeps the search string and expiry indexes.
  /// The path of a stored resource never changes; a path that is taken, or a key that is not stored at this path, is a
  /// broken invariant of the caller (std::logic_error).
  virtual model::ResourcePtr put(model::Resource resource) = 0;

  /// Deletes the resource at `path` and everything below it, contentInstances included. No effect if absent.
  virtual void erase(std::string_view path) = 0;

  /// Appends an instance. `instance.id` empty: the store makes one; else it must be free (conflict otherwise, also for
  /// an id that the store might generate later). A creation_time of the epoch becomes the next stamp().
  virtual Result<model::InstancePtr> append_instance(std::uint64_t container, model::Instance instance) = 0;

  /// Removes the oldest instances while there are more than `max_count` or they hold more than `max_bytes`, and those
  /// created before `created_before`. Returns how many went.
  /// last_modified_time of the stats moves if any went (an eviction that follows an append to the same container in
  /// the same job is part of that change).
  virtual std::size_t evict_instances(std::uint64_t container, std::uint64_t max_count, std::uint64_t max_bytes,
                                      Time created_before) = 0;

  /// Removes one instance; false if there is none of this id.
  virtual bool erase_instance(std::uint64_t container, std::string_view id) = 0;

  /// Makes the lane, or replaces what is known of it. Whoever listens to the store is told of the time it is due.
  virtual void put_lane(const Lane& lane) = 0;
  /// Deletes the lane and its rows. No effect if absent.
  virtual void erase_lane(std::string_view name) = 0;
  /// Inserts (id 0; an id is given) or replaces a row; the lane must be there. The id.
  virtual std::uint64_t put_row(const OutboxRow& row) = 0;
  virtual void erase_row(std::uint64_t id) = 0;

  /// Inserts or replaces the key of that identity.
  virtual void put_key(const Key& key) = 0;
  virtual bool erase_key(std::string_view identity) = 0;
  /// Tokens count as a part of the principals: whoever watches those sees a change.
  virtual void put_token(const Token& token) = 0;
  virtual bool erase_token(std::string_view id) = 0;

  /// The next record of the audit trail. A seq that is taken is a broken invariant of the caller (std::logic_error).
  virtual void append_audit(const AuditRecord& record) = 0;
  virtual void put_audit_checkpoint(const AuditCheckpoint& checkpoint) = 0;
  /// Deletes the records up to that of `tombstone`, which takes their place.
  virtual void erase_audit_through(const AuditCheckpoint& tombstone) = 0;
  /// Deletes the personal data of a record; false if there is none.
  virtual bool erase_audit_personal(std::uint64_t seq) = 0;
  /// Appends a result, and drops the oldest of its SCL beyond `kept`; proven and other ones are counted apart, so that no
  /// number of forged ones pushes out a proven one.
  virtual void add_integrity_record(const IntegrityRecord& record, std::size_t kept) = 0;
  /// Moves the fact "quarantine_version", for whoever remembers them.
  virtual void put_quarantined(const Quarantined& quarantined) = 0;
  virtual bool erase_quarantined(std::string_view scl) = 0;

  virtual void put_principal(const Principal& principal) = 0;
  /// Its tokens go with it.
  virtual bool erase_principal(std::string_view name) = 0;
  /// Inserts or replaces. Another device must not have the same node or voucher.
  virtual void put_device(const Device& device) = 0;
  virtual void put_node(const Node& node) = 0;
  /// To change what device management keeps.
  virtual ManagementWrites& manage() = 0;
  virtual void put_fact(std::string_view name, std::string_view value) = 0;
};

}  // namespace nscl::store
