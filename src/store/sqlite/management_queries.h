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
  std::optional<ManagementCredential> login(std::string_view user) override;
  std::optional<ManagementCredential> credential(std::string_view device, CredentialPurpose purpose) override;
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

  // operation_queries.cpp
  std::optional<Operation> operation(std::uint64_t id) override;
  std::optional<Operation> operation_by_key(std::string_view device, std::string_view key) override;
  std::vector<Operation> pending(std::string_view device, std::size_t limit) override;
  std::uint64_t pending_count(std::string_view device) override;
  std::vector<Operation> pending_about(std::string_view resource, std::size_t limit) override;
  std::vector<Operation> expired_operations(Time now, std::size_t limit) override;
  std::vector<Operation> operations_of_fleet(std::string_view fleet, std::uint64_t after, std::size_t limit) override;
  std::uint64_t put_operation(const Operation& operation) override;
  void erase_operation(std::uint64_t id) override;
  std::size_t erase_operations_over(Time before, std::size_t limit) override;
  std::size_t doubt_sent_operations() override;

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
