// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: the statements on the tables of device management, for readers and the writer alike.
#pragma once

#include <nscl/store/management.h>

#include "connection.h"

namespace nscl::store::sqlite {

class ManagementQueries final : public ManagementWrites {
 public:
  explicit ManagementQueries(Connection& connection) : connection_(connection) {}

  // management_queries.cpp
  std::optional<ManagedDevice> device(std::string_view id) override;
  std::optional<ManagedDevice> device_of(std::string_view managed) override;
  std::vector<ManagedDevice> devices(std::string_view after, std::size_t limit, std::string_view gateway) override;
  std::vector<ManagedDevice> devices_to_wake(Time now, std::size_t limit) override;
  Time next_wake(Time now) override;
  std::vector<ManagedDevice> devices_unseen(Time before, Time after, std::string_view after_id, std::size_t limit) override;
  std::optional<ManagementCredential> login(std::string_view user) override;
  std::optional<ManagementCredential> credential(std::string_view device, CredentialPurpose purpose) override;
  std::vector<ManagementCredential> credentials(std::string_view device) override;
  std::vector<ManagementEvent> events(std::string_view device, std::uint64_t before, std::size_t limit) override;
  std::optional<ManagedFile> file(std::string_view name) override;
  std::vector<ManagedFile> files(std::string_view after, std::size_t limit) override;
  std::optional<Transfer> transfer(std::string_view token) override;
  std::optional<Transfer> transfer_of(std::uint64_t operation) override;
  void put_device(const ManagedDevice& device) override;
  bool erase_device(std::string_view id) override;
  void put_credential(const ManagementCredential& credential) override;
  bool erase_credential(std::string_view device, CredentialPurpose purpose, std::string_view user) override;
  void add_event(const ManagementEvent& event, std::size_t kept) override;
  void put_file(const ManagedFile& file) override;
  bool erase_file(std::string_view name) override;
  void put_transfer(const Transfer& transfer) override;
  std::size_t erase_transfers_expired(Time now, std::size_t limit) override;

  // trace_queries.cpp
  std::vector<ManagementTrace> traces(std::string_view device, std::uint64_t before, std::size_t limit) override;
  std::optional<ManagementTrace> trace(std::string_view device, std::uint64_t id) override;
  bool is_traced(std::string_view device) override;
  void add_trace(const ManagementTrace& trace, std::size_t kept) override;
  void set_traced(std::string_view device, bool is_traced) override;
  std::optional<ManagementAlarm> alarm(std::string_view device, std::string_view kind) override;
  std::vector<ManagementAlarm> alarms(std::string_view device) override;
  std::vector<ManagementAlarm> alarms_after(std::string_view device, std::string_view kind, std::size_t limit) override;
  void put_alarm(const ManagementAlarm& alarm) override;
  bool erase_alarm(std::string_view device, std::string_view kind) override;

  // operation_queries.cpp
  std::optional<Operation> operation(std::uint64_t id) override;
  std::optional<Operation> operation_by_key(std::string_view device, std::string_view key) override;
  std::vector<Operation> pending(std::string_view device, std::size_t limit) override;
  std::uint64_t pending_count(std::string_view device) override;
  std::vector<Operation> pending_about(std::string_view resource, std::size_t limit) override;
  std::vector<Operation> expired_operations(Time now, std::size_t limit) override;
  std::vector<Operation> queued_for_fleet(std::uint64_t fleet, std::size_t limit) override;
  std::uint64_t put_operation(const Operation& operation) override;
  void erase_operation(std::uint64_t id) override;
  std::size_t erase_operations_over(Time before, std::size_t limit) override;
  std::size_t doubt_sent_operations() override;

  // fleet_queries.cpp
  std::optional<FleetWork> fleet(std::uint64_t id) override;
  std::vector<FleetWork> fleets(std::uint64_t before, std::size_t limit, std::string_view requester) override;
  std::vector<FleetWork> open_fleets(std::size_t limit) override;
  std::optional<FleetMember> fleet_member(std::uint64_t fleet, std::uint64_t position) override;
  std::optional<FleetMember> fleet_member_of(std::uint64_t operation) override;
  std::vector<FleetMember> fleet_members(std::uint64_t fleet, std::uint64_t after, std::size_t limit) override;
  std::vector<FleetMember> fleet_members_in(std::uint64_t fleet, FleetMemberState state, std::uint64_t after, std::size_t limit) override;
  std::vector<FleetMember> lost_fleet_members(std::uint64_t fleet, std::size_t limit) override;
  std::uint64_t fleet_groups(std::uint64_t fleet) override;
  FleetPending fleet_pending(std::uint64_t fleet) override;
  std::uint64_t put_fleet(const FleetWork& fleet) override;
  std::size_t add_fleet_members(std::uint64_t fleet, const std::vector<FleetMember>& members) override;
  void put_fleet_member(const FleetMember& member) override;
  std::size_t erase_fleets_over(Time before, std::size_t limit) override;

  // nonce_queries.cpp
  ManagementNonces nonces(std::string_view device) override;
  void put_nonces(const ManagementNonces& nonces) override;

  // bootstrap_queries.cpp
  std::optional<ManagementBootstrap> bootstrap(std::string_view device) override;
  void put_bootstrap(const ManagementBootstrap& bootstrap) override;
  bool erase_bootstrap(std::string_view device) override;

  // watch_queries.cpp
  std::vector<Watch> watches_by(std::string_view owner) override;
  std::vector<Watch> watches_of(std::string_view device) override;
  std::vector<Watch> watches_on(std::string_view device, std::string_view leaf) override;
  std::vector<std::string> watching(std::string_view after, std::size_t limit) override;
  void put_watch(const Watch& watch) override;
  void erase_watches(std::string_view owner) override;

 private:
  Connection& connection_;
};

}  // namespace nscl::store::sqlite
