// SPDX-License-Identifier: Apache-2.0
// NremFixture: device management on a real store and tree whose time the test turns; the test plays applications and the engine.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <nscl/core/pipeline.h>
#include <nscl/rem/nrem.h>

namespace nscl::rem {

inline const std::string mgmt_objects = "scls/gw/mgmtObjs/", memory_object = mgmt_objects + "etsiMemory";

using namespace std::chrono_literals;

class ManualClock final : public Clock {
 public:
  Time now() const override { return Time{std::chrono::microseconds{microseconds_.fetch_add(1)}}; }
  void advance(Time::duration by) { microseconds_ += by.count(); }

 private:
  mutable std::atomic<std::int64_t> microseconds_{1'780'000'000'000'000};
};

/// Notes what changed: "created scls/x", "updated ... STARTED" (execStatus, if there is one).
class Listener final : public core::Outbound {
 public:
  struct Answer {
    std::string contact, correlation_id;
    core::ResponseConfirm confirm;
    std::string content() const { return confirm.content ? *confirm.content : std::string(); }
  };
  std::vector<std::string> changes;
  std::vector<Answer> answers;   ///< of requests that were promised one
  void respond(store::Transaction& transaction, const core::RequestIndication& request, const core::ResponseConfirm& confirm) override;
  void changed(store::Transaction& transaction, const core::Change& change) override;
  void appended(store::Transaction&, const model::Resource&, const model::Instance&) override {}
  net::Task<core::ResponseConfirm> relay(core::RequestIndication request, core::Route route, boost::asio::io_context& context) override;
  net::Task<core::ResponseConfirm> fan_out(core::RequestIndication request, core::Target target, boost::asio::io_context& context) override;
};

class NremFixture : public testing::Test {
 protected:
  NremFixture();
  ~NremFixture() override;

  /// As if the daemon was started anew, with these options.
  void restart(NremOptions options = {});
  void stop_store();

  core::ResponseConfirm send(model::Verb verb, std::string to, std::string body = {});
  core::ResponseConfirm execute(std::string to) { return send(model::Verb::execute, std::move(to)); }
  std::string retrieve(std::string path) { return *send(model::Verb::retrieve, std::move(path)).content; }
  void make(std::string collection, std::string body);   ///< must succeed
  /// scls/gw, which the device `device_` is, adopted.
  void make_gateway();
  void make_command(const std::string& id, const std::string& type, const std::string& arguments = {});

  /// Runs what an engine would co_await.
  template <class T>
  T run(net::Task<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(context_->get_executor(), std::move(task), [&](const std::exception_ptr& error, T value) {
      if (error) std::rethrow_exception(error);
      out.emplace(std::move(value));
    });
    while (!out) {
      context_->restart();
      context_->run_one_for(50ms);
    }
    return *std::move(out);
  }
  Welcome begin_with(Contact contact);
  Welcome begin(std::vector<std::string> events = {}, bool is_boot = false, bool is_bootstrap = false);
  std::optional<Assignment> next() { return *run(nrem_->next(device_, *context_)); }
  void finish(const Assignment& assignment, Report report);
  void complete(std::string key, Report report, std::string kind = "TransferComplete");
  void end_session(std::optional<std::uint64_t> operation = std::nullopt);
  void keep();   ///< what housekeeping does, to its end

  void look(const std::function<void(store::View&)>& fn) { store_->read(fn); }
  void change(const std::function<void(store::Transaction&)>& job);
  std::vector<store::Operation> pending();

  ManualClock clock_;
  std::filesystem::path directory_;
  model::Registry registry_;
  std::shared_ptr<const MappingTable> table_;   ///< the built-in one
  security::RequestorPtr from_;
  std::string device_ = "00D09E-Box-1";
  Listener listener_;
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<core::Pipeline> pipeline_;
  std::unique_ptr<Nrem> nrem_;
};

/// Of execResult: the value of an item, empty if it is not there.
std::string item(const std::string& document, const std::string& name);
std::string text_between(std::string_view text, std::string_view before, std::string_view after);

}  // namespace nscl::rem
