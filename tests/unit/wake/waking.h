// SPDX-License-Identifier: Apache-2.0
// Waking: the Waker in turned time, with a requester that answers as the test wrote.
#pragma once

#include <deque>

#include <nscl/rem/wake.h>

#include "nrem_fixture.h"

namespace nscl::rem {

class Scripted final : public ConnectionRequester {
 public:
  explicit Scripted(const Clock& clock) : clock_(clock) {}
  net::Task<CallOutcome> request(Call call) override {
    calls.push_back(std::move(call));
    times.push_back(clock_.now());
    CallOutcome outcome;
    outcome.end = answers.empty() ? CallOutcome::End::accepted : answers.front();
    outcome.detail = "as scripted";
    if (!answers.empty()) answers.pop_front();
    if (during) during();
    co_return outcome;
  }

  std::vector<Call> calls;
  std::vector<Time> times;
  std::deque<CallOutcome::End> answers;
  std::function<void()> during;

 private:
  const Clock& clock_;
};

class Waking : public NremFixture {
 protected:
  Waking() {
    restart_all();
    make_gateway();
    set([](store::ManagedDevice& device) {
      auto facts = facts_from_json(device.facts);
      facts.connection_request_url = "http://8.8.8.8:7547/x";
      facts.address = "8.8.8.8";
      device.facts = to_json(facts);
    });
    make_command("boot", "REBOOT");
  }
  ~Waking() override { waker_.reset(); }

  void restart_all() {
    waker_.reset();
    NremOptions options;
    options.calls_devices = true;
    options.live_wait = 1ms;
    options.action_life = 48h;
    restart(options);
    waker_ = std::make_unique<Waker>(*store_, clock_, *context_, requester_, [this](store::View&, const store::ManagedDevice& device) { return login(device); }, WakeOptions{},
                                     [](store::View& view, const store::ManagedDevice& device) { return push(view, device); });
  }
  std::optional<Login> login(const store::ManagedDevice& device) {
    if (device.id != device_) return std::nullopt;
    return Login{"acs", Secret("pw")};
  }
  static std::optional<Push> push(store::View& view, const store::ManagedDevice& device) {
    const auto kept = view.management().bootstrap(device.id);
    return kept ? std::optional(Push{kept->address, Secret(kept->push)}) : std::nullopt;
  }
  void set(const std::function<void(store::ManagedDevice&)>& edit) {
    change([&](store::Transaction& transaction) {
      auto device = transaction.management().device(device_);
      edit(*device);
      transaction.manage().put_device(*device);
    });
  }
  store::ManagedDevice device() {
    std::optional<store::ManagedDevice> out;
    look([&](store::View& view) { out = view.management().device(device_); });
    return *out;
  }
  void queue_command() { EXPECT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::accepted); }
  /// The same for a device of OMA-DM that issued a nonce.
  void queue_for_dm() {
    queue_command();
    set([](store::ManagedDevice& device) { device.protocol = store::ManagementProtocol::oma_dm; });
    change([&](store::Transaction& transaction) { transaction.manage().put_nonces({.device = device_, .ours = "ours", .theirs = "theirs"}); });
  }
  /// One look, and everything it begins to its end.
  void wake() {
    waker_->look();
    while (!waker_->is_idle()) {
      context_->restart();
      context_->run_one_for(50ms);
    }
  }
  /// Looks in whole seconds for so long, those left out in which nothing is due.
  void pass(std::chrono::seconds time) {
    for (auto step = 1s; time > 0s; time -= step) {
      const auto due = device().wake_due;
      step = due == never ? time : std::clamp(std::chrono::floor<std::chrono::seconds>(due - clock_.now()), 1s, time);
      clock_.advance(step);
      wake();
    }
  }
  std::vector<std::chrono::seconds> pauses() const {
    std::vector<std::chrono::seconds> out;
    for (std::size_t i = 1; i < requester_.times.size(); ++i) out.push_back(std::chrono::round<std::chrono::seconds>(requester_.times[i] - requester_.times[i - 1]));
    return out;
  }
  std::vector<std::string> events() {
    std::vector<std::string> out;
    look([&](store::View& view) {
      for (const auto& event : view.management().events(device_, 1'000'000, 100)) out.push_back(event.code);
    });
    return out;
  }

  Scripted requester_{clock_};
  std::unique_ptr<Waker> waker_;
};

}  // namespace nscl::rem
