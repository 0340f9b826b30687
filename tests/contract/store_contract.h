// SPDX-License-Identifier: Apache-2.0
// StoreContract: the fixture of the tests that every store has to pass. A backend is a factory in backends.cpp.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <nscl/store/store.h>

namespace nscl::store::contract {

/// A clock that the test turns.
class TestClock final : public Clock {
 public:
  Time now() const override { return Time{std::chrono::microseconds{microseconds_.load()}}; }
  void set(Time time) { microseconds_ = time.time_since_epoch().count(); }
  void advance(std::chrono::microseconds by) { microseconds_ += by.count(); }

 private:
  std::atomic<std::int64_t> microseconds_{1'700'000'000'000'000};
};

/// sclBase, containers (with the fixed child subscriptions), container, scls, scl.
const model::Registry& registry();

/// A place for a store, empty at first, gone with the object.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<Store> open(Options options, const Clock& clock) = 0;
};
using MakeBackend = std::unique_ptr<Backend> (*)();

/// A directory below the system's temporary one, removed with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

model::Resource resource(std::string path, std::string_view type, model::Object attributes = {});
model::Object with_search_strings(std::initializer_list<std::string_view> strings);
model::Instance instance(std::string content, std::string id = {});
ManagedDevice managed_device(std::string id, std::string managed = {});

/// Puts a new resource with a stamp as its times; its key.
std::uint64_t create(Transaction& transaction, const std::string& path, std::string_view type, model::Object attributes = {});
/// Appends; fails the running test if that is refused.
model::InstancePtr append(Transaction& transaction, std::uint64_t container, std::string content, std::string id = {});
std::vector<std::string> ids_newest_first(View& view, std::uint64_t container);
std::vector<std::string> paths_of(const std::function<void(const std::function<bool(const model::ResourcePtr&)>&)>& scan);

class StoreContract : public testing::TestWithParam<MakeBackend> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Closes the store and opens it again.
  void reopen();
  /// A job that must succeed.
  void change(const std::function<void(Transaction&)>& job);
  Result<void> try_change(WriteJob job) { return store_->write_and_wait(std::move(job)); }
  void look(const std::function<void(View&)>& fn) { store_->read(fn); }
  /// Runs the jobs in one batch; their results.
  std::vector<Result<void>> run_in_one_batch(std::vector<WriteJob> jobs);
  /// A container with this name; its key.
  std::uint64_t container(const std::string& name);

  Options options_;
  TestClock clock_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Store> store_;
};

}  // namespace nscl::store::contract
