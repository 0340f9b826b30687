// SPDX-License-Identifier: Apache-2.0
// SnapshotView: the View of a reading thread, on its own read-only connection. The snapshot begins with the first
// statement, so that a read that memory answers touches no disk; it may be kept for the next read.
#pragma once

#include "hot_instances.h"
#include "reads.h"
#include "shared.h"

namespace nscl::store::sqlite {

class SnapshotView final : public Reads<View> {
 public:
  SnapshotView(Shared& shared, Connection& connection)
      : shared_(shared), connection_(connection), resources_(connection, shared.registry), instances_(connection), outbox_(connection), access_(connection), trail_(connection), devices_(connection), management_(connection) {}

  ManagementReads& management() override;

  /// A snapshot that was kept is left only if it holds everything that was committed until now.
  void renew();
  bool is_open() const { return is_open_; }
  /// Ends the snapshot, if there is one; false if the connection cannot be used any more.
  bool end() noexcept;

 protected:
  ResourceQueries& resources() override;
  InstanceQueries& stored_instances() override;
  OutboxQueries& outbox() override;
  SecurityQueries& access() override;
  AuditQueries& trail() override;
  DeviceQueries& devices_and_nodes() override;
  const InstanceList& instances() override;
  model::ResourcePtr lookup(std::string_view path, bool keep) override;
  model::InstancePtr load(std::uint64_t container, std::uint64_t sequence) override;
  void settle() override;

 private:
  void begin();

  Shared& shared_;
  Connection& connection_;
  ResourceQueries resources_;
  InstanceQueries instances_;
  OutboxQueries outbox_;
  SecurityQueries access_;
  AuditQueries trail_;
  DeviceQueries devices_;
  ManagementQueries management_;
  HotInstances hot_;
  bool is_open_ = false;
  std::uint64_t version_ = 0;   // of the resource cache when the snapshot began
  std::uint64_t commits_ = 0;   // that it certainly holds
};

}  // namespace nscl::store::sqlite
