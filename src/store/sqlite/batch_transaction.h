// SPDX-License-Identifier: Apache-2.0
// BatchTransaction: the Transaction that all jobs of one batch share. Rows of instances are written at the end of the
// batch, since only the engine can refuse them: most jobs then need no savepoint. Writer thread only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch_instances.h"
#include "reads.h"
#include "shared.h"

namespace nscl::store::sqlite {

/// The last of what is given out once and never again, over all restarts.
struct HighWater {
  Time stamp{};
  std::uint64_t key = 0;
  std::uint64_t sequence = 0;

  static HighWater load(Connection& connection);
};

class BatchTransaction final : public Reads<Transaction> {
 public:
  BatchTransaction(Shared& shared, HighWater& high_water);

  // Transaction
  Time stamp() override;
  model::ResourcePtr put(model::Resource resource) override;
  void erase(std::string_view path) override;
  Result<model::InstancePtr> append_instance(std::uint64_t container, model::Instance instance) override;
  std::size_t evict_instances(std::uint64_t container, std::uint64_t max_count, std::uint64_t max_bytes,
                              Time created_before) override;
  bool erase_instance(std::uint64_t container, std::string_view id) override;
  void put_lane(const Lane& lane) override;
  void erase_lane(std::string_view name) override;
  std::uint64_t put_row(const OutboxRow& row) override;
  void erase_row(std::uint64_t id) override;
  void put_key(const Key& key) override;
  bool erase_key(std::string_view identity) override;
  void put_token(const Token& token) override;
  bool erase_token(std::string_view id) override;
  void append_audit(const AuditRecord& record) override;
  void put_audit_checkpoint(const AuditCheckpoint& checkpoint) override;
  void erase_audit_through(const AuditCheckpoint& tombstone) override;
  bool erase_audit_personal(std::uint64_t seq) override;
  void add_integrity_record(const IntegrityRecord& record, std::size_t kept) override;
  void put_quarantined(const Quarantined& quarantined) override;
  bool erase_quarantined(std::string_view scl) override;
  void put_principal(const Principal& principal) override;
  bool erase_principal(std::string_view name) override;
  void put_device(const Device& device) override;
  void put_node(const Node& node) override;
  ManagementReads& management() override { return management_; }
  ManagementWrites& manage() override;
  void put_fact(std::string_view name, std::string_view value) override;

  // the writer, in this order; each may throw EngineError, after which only abandon() may follow
  void begin();
  void keep_job();
  void undo_job();
  void commit();
  /// When the soonest of the lanes put in this batch is due.
  Time soonest_due() const { return soonest_due_; }
  /// Tells the caches. A failure here would leave memory behind the disk: the process ends and recovers by a restart.
  void publish() noexcept;

  /// Undoes the batch; false if the connection must be closed.
  bool abandon() noexcept;
  /// A commit that changes nothing but proves that the disk takes writes.
  void probe();
  /// Copies the log into the database file if it has grown long.
  void checkpoint();
  void finish() { connection_.checkpoint(Connection::Checkpoint::truncate); }

 protected:
  ResourceQueries& resources() override { return resources_; }
  InstanceQueries& stored_instances() override { return stored_; }
  OutboxQueries& outbox() override { return outbox_; }
  SecurityQueries& access() override { return access_; }
  AuditQueries& trail() override { return trail_; }
  DeviceQueries& devices_and_nodes() override { return devices_; }
  const InstanceList& instances() override;
  model::ResourcePtr lookup(std::string_view path, bool keep) override;
  model::InstancePtr load(std::uint64_t container, std::uint64_t sequence) override;
  void settle() override {}

 private:
  void demand_exclusive() const;
  void demand_transaction() const;
  void start_change();
  void record(const std::string& path, model::ResourcePtr resource);
  void move_search_strings(const model::Resource* before, const model::Resource* after);
  bool is_taken(std::uint64_t container, std::string_view id);
  void drop(std::uint64_t container, std::uint64_t sequence);
  void note_deletion(std::uint64_t container);
  void count_version(std::string_view fact);
  void write_instances();
  void clear() noexcept;

  Shared& shared_;
  HighWater& high_water_;
  Connection connection_;
  ResourceQueries resources_;
  InstanceQueries stored_;
  OutboxQueries outbox_;
  SecurityQueries access_;
  AuditQueries trail_;
  DeviceQueries devices_;
  ManagementQueries management_;
  BatchInstances instances_;

  ResourceChanges changes_;
  std::vector<std::pair<std::string, std::optional<model::ResourcePtr>>> before_;   // of the running job
  bool has_savepoint_ = false;   // in the running job
  bool is_changed_ = false;      // in the batch
  Time soonest_due_ = never;     // of the lanes put in the batch, those of undone jobs among them
};

}  // namespace nscl::store::sqlite
