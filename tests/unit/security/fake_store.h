// SPDX-License-Identifier: Apache-2.0
// A store that holds principals, tokens, facts and resources that are found by their path; it counts reads and can be made to fail.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include <nscl/store/store.h>

namespace nscl::security {

class FakeStore final : public store::Store, private store::View {
 public:
  void set(store::Principal principal) {
    const std::lock_guard lock(mutex_);
    principals_[principal.name] = std::move(principal);
    ++version_;
  }
  void set(store::Token token) {
    const std::lock_guard lock(mutex_);
    tokens_[token.id] = std::move(token);
    ++version_;
  }
  void set(model::Resource resource) {
    const std::lock_guard lock(mutex_);
    const auto path = resource.path;
    resources_[path] = std::make_shared<const model::Resource>(std::move(resource));
  }
  void remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    principals_.erase(name);
    ++version_;
  }
  std::atomic<bool> fails = false;
  std::atomic<int> lookups = 0;

  void read(const std::function<void(store::View&)>& fn, boost::asio::io_context&) override { read(fn); }
  void read(const std::function<void(store::View&)>& fn) override {
    if (fails) throw store::StoreError("disk");
    const std::lock_guard lock(mutex_);
    fn(*this);
  }
  void write(store::WriteJob, boost::asio::io_context&, boost::asio::any_completion_handler<void(Result<void>)>) override {}
  Result<void> write_and_wait(store::WriteJob) override { return {}; }
  bool is_healthy(std::string*) const override { return true; }
  store::WriterFigures figures() const override { return {}; }
  void listen_to_lanes(std::function<void(Time)>) override {}
  void stop() override {}

 private:
  std::optional<store::Principal> find_principal(std::string_view name) override {
    ++lookups;
    const auto found = principals_.find(name);
    return found == principals_.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<store::Principal> principals() override {
    std::vector<store::Principal> all;
    for (const auto& [name, principal] : principals_) all.push_back(principal);
    return all;
  }
  std::optional<std::string> fact(std::string_view name) override {
    return name == "principals_version" ? std::optional(std::to_string(version_)) : std::nullopt;
  }

  std::optional<store::Key> find_key(std::string_view) override { return {}; }
  std::vector<store::Key> keys(std::string_view, std::size_t) override { return {}; }
  std::vector<store::Key> keys_of_node(std::string_view) override { return {}; }
  std::vector<store::Key> keys_changed_after(std::uint64_t, std::size_t) override { return {}; }
  std::vector<store::Key> keys_pending_since(Time, std::size_t) override { return {}; }
  std::uint64_t last_key_change() override { return 0; }
  std::vector<store::Key> keys_over(store::KeyState, Time, std::size_t) override { return {}; }
  bool is_proven_by_key(std::string_view, Time) override { return false; }
  std::vector<store::Key> keys_of_entity(std::string_view) override { return {}; }
  std::vector<store::IntegrityRecord> integrity_records(std::string_view, std::uint64_t, std::size_t) override { return {}; }
  std::optional<Time> last_secure_time(std::string_view) override { return {}; }
  std::optional<store::Quarantined> quarantined(std::string_view) override { return {}; }
  std::vector<store::Quarantined> all_quarantined(std::string_view, std::size_t) override { return {}; }
  std::optional<store::Token> find_token(std::string_view id) override {
    const auto found = tokens_.find(id);
    return found == tokens_.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<store::Token> tokens() override { return {}; }
  std::optional<store::Principal> find_principal_by_certificate(std::string_view name) override {
    for (const auto& [key, principal] : principals_)
      if (principal.certificate == name) return principal;
    return std::nullopt;
  }

  std::vector<store::AuditRecord> audit(const store::AuditFilter&, std::size_t) override { return {}; }
  std::optional<store::AuditRecord> audit_head() override { return {}; }
  std::vector<std::uint64_t> audit_about(std::string_view, std::uint64_t, std::size_t) override { return {}; }
  std::vector<store::AuditCheckpoint> audit_checkpoints(std::uint64_t, std::size_t) override { return {}; }
  std::optional<store::AuditCheckpoint> last_audit_checkpoint() override { return {}; }
  std::optional<store::AuditCheckpoint> audit_tombstone() override { return {}; }
  std::optional<store::Device> find_device(std::string_view) override { return {}; }
  std::optional<store::Device> find_device_of_node(std::string_view) override { return {}; }
  std::optional<store::Device> find_device_of_voucher(std::string_view) override { return {}; }
  std::optional<store::Device> find_device_of_scl(std::string_view) override { return {}; }
  std::vector<store::Device> devices(std::string_view, std::size_t) override { return {}; }
  std::optional<store::Node> find_node(std::string_view) override { return {}; }
  store::ManagementReads& management() override { throw std::logic_error("the fake keeps nothing of device management"); }

  model::ResourcePtr find(std::string_view path) override {
    const auto found = resources_.find(path);
    return found == resources_.end() ? nullptr : found->second;
  }
  model::ResourcePtr find(std::uint64_t) override { return nullptr; }
  std::vector<store::ChildEntry> children(std::string_view, std::size_t) override { return {}; }
  void scan(std::string_view, std::string_view, const std::function<bool(const model::ResourcePtr&)>&) override {}
  void scan_search_string(std::string_view, std::string_view, const std::function<bool(const model::ResourcePtr&)>&) override {}
  std::vector<std::string> expired(Time, std::size_t) override { return {}; }
  std::vector<model::ResourcePtr> of_type(std::string_view, std::uint64_t, std::size_t) override { return {}; }
  std::optional<store::Lane> lane(std::string_view) override { return {}; }
  std::vector<store::Lane> due_lanes(Time, Time, std::size_t) override { return {}; }
  Time next_due(Time) override { return never; }
  std::vector<store::Lane> lanes_parked_on(std::string_view, std::size_t) override { return {}; }
  std::vector<store::Lane> lanes(std::string_view, std::string_view, std::size_t) override { return {}; }
  store::LaneSize lane_size(std::string_view) override { return {}; }
  std::vector<store::OutboxRow> lane_rows(std::string_view, std::size_t) override { return {}; }
  std::optional<store::OutboxRow> outbox_row(std::uint64_t) override { return {}; }
  std::vector<store::OutboxRow> expired_rows(Time, std::size_t) override { return {}; }
  std::vector<store::OutboxRow> rows_of(std::string_view, std::string_view, std::uint64_t, std::size_t) override { return {}; }
  std::uint64_t resources_of(std::string_view) override { return 0; }
  std::vector<std::uint64_t> containers_with_age_limit() override { return {}; }
  store::InstanceStats instance_stats(std::uint64_t) override { return {}; }
  model::InstancePtr latest_instance(std::uint64_t) override { return nullptr; }
  model::InstancePtr oldest_instance(std::uint64_t) override { return nullptr; }
  model::InstancePtr find_instance(std::uint64_t, std::string_view) override { return nullptr; }
  std::uint64_t latest_sequence(std::uint64_t) override { return 0; }
  void scan_instances(std::uint64_t, const std::function<bool(const model::InstancePtr&)>&) override {}
  void scan_instances_after(std::uint64_t, std::uint64_t, const std::function<bool(const model::InstancePtr&)>&) override {}

  std::mutex mutex_;
  std::map<std::string, store::Principal, std::less<>> principals_;
  std::map<std::string, store::Token, std::less<>> tokens_;
  std::map<std::string, model::ResourcePtr, std::less<>> resources_;
  int version_ = 1;
};

}  // namespace nscl::security
