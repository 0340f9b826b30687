// SPDX-License-Identifier: Apache-2.0
// Sessions of devices of an external ACS, in turned time: what is submitted, waited for, taken back, and found again after a restart (rem.md 2.11, 5.3, 5.4).
#include <map>

#include <nscl/rem/external_acs.h>

#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

/// Whatever it is given waits until the test says how it ended.
struct ScriptedAcs {
  std::vector<std::string> calls;            ///< "submit SetLeaves", "look t1", "withdraw t1"
  std::map<std::string, ExternalDevice> devices;
  std::optional<Report> end;                 ///< of whatever is looked at; nothing: it waits
  bool is_faulted = false;                   ///< it ended, and is still there
  Withdrawal withdrawal = Withdrawal::withdrawn;
  std::function<void()> when_withdrawn = [] {};
};

class ScriptedDriver final : public ExternalAcs {
 public:
  explicit ScriptedDriver(ScriptedAcs& script) : script_(script) {}
  net::Task<Result<std::optional<ExternalDevice>>> find(std::string device) override {
    const auto found = script_.devices.find(device);
    if (found == script_.devices.end()) co_return std::nullopt;
    co_return found->second;
  }
  net::Task<Result<std::vector<ExternalDevice>>> list(std::string after, std::size_t) override {
    std::vector<ExternalDevice> out;
    for (const auto& [id, device] : script_.devices) {
      if (id > after) out.push_back(device);
    }
    co_return out;
  }
  net::Task<ExternalProgress> submit(ExternalDevice, Assignment assignment) override {
    script_.calls.push_back(assignment.ticket.empty() ? "submit" : "found " + assignment.ticket);
    co_return progress();
  }
  net::Task<ExternalProgress> look(ExternalDevice, Assignment, std::string ticket) override {
    script_.calls.push_back("look " + ticket);
    co_return progress();
  }
  net::Task<Withdrawal> withdraw(ExternalDevice, Assignment, std::string ticket) override {
    script_.calls.push_back("withdraw " + ticket);
    script_.when_withdrawn();
    co_return script_.withdrawal;
  }
  void stop() override {}

 private:
  ExternalProgress progress() const {
    ExternalProgress out;
    out.is_waiting = !script_.end;
    if (out.is_waiting || script_.is_faulted) out.ticket = "t1";
    if (script_.end) out.report = *script_.end;
    return out;
  }

  ScriptedAcs& script_;
};

class ExternalSessions : public NremFixture {
 protected:
  void SetUp() override {
    make_gateway();
    change([&](store::Transaction& transaction) {
      auto device = *transaction.management().device(device_);
      auto facts = facts_from_json(device.facts);
      facts.external = "genie";
      device.facts = to_json(facts);
      transaction.manage().put_device(device);
    });
    make_command("boot", "REBOOT");
    ExternalDevice known;
    known.id = device_;
    known.facts.root = "Device.";
    script_.devices[device_] = known;
    open();
  }
  void TearDown() override { engine_.reset(); }
  void open() {
    ExternalOptions options;
    options.name = "genie";
    options.poll_time = 1ms;
    engine_ = std::make_unique<ExternalEngine>(*nrem_, *store_, clock_, *context_, std::make_unique<ScriptedDriver>(script_), options);
  }
  CallOutcome::End call() {
    Call wanted;
    wanted.device = device_;
    return run(engine_->request(std::move(wanted))).end;
  }
  void run_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) {
      context_->restart();
      context_->run_one_for(10ms);
    }
    ASSERT_TRUE(condition());
  }
  bool has(const std::string& wanted) const { return std::ranges::find(script_.calls, wanted) != script_.calls.end(); }
  /// Of the only operation of the device.
  store::Operation operation() {
    store::Operation out;
    look([&](store::View& view) { out = view.management().operation(1).value_or(store::Operation{}); });
    return out;
  }
  std::string executed() {
    const auto answer = execute("scls/gw/mgmtObjs/boot/execEnable");
    EXPECT_EQ(answer.status, Status::accepted);
    std::string path;
    look([&](store::View& view) { path = view.management().operation(1)->resource; });
    return path;
  }

  ScriptedAcs script_;
  std::unique_ptr<ExternalEngine> engine_;
};

TEST_F(ExternalSessions, R62_ACommandEndsWhenTheAcsHasDoneIt) {
  const auto path = executed();
  script_.end = Report{};
  ASSERT_EQ(call(), CallOutcome::End::accepted);
  run_until([&] { return engine_->is_idle(); });
  EXPECT_EQ(script_.calls, std::vector<std::string>{"submit"});
  EXPECT_NE(retrieve(path).find("FINISHED"), std::string::npos);
  EXPECT_EQ(item(retrieve(path), "FinalStatus"), "SUCCESS");
}

TEST_F(ExternalSessions, R62_WhatWaitsThereIsFoundAgainAfterARestart) {
  const auto path = executed();
  call();
  run_until([&] { return has("look t1"); });
  EXPECT_EQ(operation().state, store::OperationState::sent);
  engine_.reset();
  restart();
  script_.calls.clear();
  script_.end = Report{};
  open();
  call();
  run_until([&] { return engine_->is_idle(); });
  EXPECT_EQ(script_.calls, std::vector<std::string>{"found t1"}) << "not submitted twice";
  EXPECT_EQ(item(retrieve(path), "FinalStatus"), "SUCCESS");
}

TEST_F(ExternalSessions, AFailedTaskIsForgottenHereBeforeItIsWithdrawn) {
  const auto path = executed();
  call();
  run_until([&] { return has("look t1"); });
  ASSERT_NE(operation().outcome.find("t1"), std::string::npos);
  bool is_known = true;   // gone without a fault, it would count as done after a restart
  script_.when_withdrawn = [&] { is_known = operation().outcome.find("t1") != std::string::npos; };
  script_.is_faulted = true;
  script_.end = Report{.end = Report::End::failed, .status = Status::forbidden, .code = "9001", .text = "CWMP 9001 Request denied"};
  run_until([&] { return engine_->is_idle(); });
  EXPECT_EQ(script_.calls.back(), "withdraw t1");
  EXPECT_FALSE(is_known);
  EXPECT_EQ(item(retrieve(path), "FaultCode"), "9001");
}

TEST_F(ExternalSessions, R62_WhatIsCancelledIsWithdrawn) {
  const auto path = executed();
  call();
  run_until([&] { return has("look t1"); });
  EXPECT_EQ(execute(path + "/execDisable").status, Status::accepted);
  run_until([&] { return engine_->is_idle(); });
  EXPECT_TRUE(has("withdraw t1"));
  EXPECT_EQ(item(retrieve(path), "FinalStatus"), "CANCELLED");
  EXPECT_EQ(operation().state, store::OperationState::cancelled);
}

TEST_F(ExternalSessions, AResultThatCameFirstCountsMoreThanTheCancel) {
  const auto path = executed();
  call();
  run_until([&] { return has("look t1"); });
  script_.withdrawal = Withdrawal::absent;
  script_.when_withdrawn = [&] { script_.end = Report{}; };   // sooner, a look between could find it before the cancel
  EXPECT_EQ(execute(path + "/execDisable").status, Status::accepted);
  run_until([&] { return engine_->is_idle(); });
  EXPECT_EQ(item(retrieve(path), "FinalStatus"), "SUCCESS");
}

TEST_F(ExternalSessions, WhatExpiredIsWithdrawn) {
  const auto path = executed();
  call();
  run_until([&] { return has("look t1"); });
  clock_.advance(48h);
  keep();
  run_until([&] { return engine_->is_idle(); });
  EXPECT_TRUE(has("withdraw t1"));
  EXPECT_EQ(item(retrieve(path), "FaultCode"), "EXPIRED");
}

TEST_F(ExternalSessions, ADeviceThatTheAcsDoesNotKnowIsNotCalledAgain) {
  executed();
  script_.devices.clear();
  EXPECT_EQ(call(), CallOutcome::End::impossible);
  EXPECT_TRUE(script_.calls.empty());
}

TEST_F(ExternalSessions, WhatALateProcessHadSentIsCalledFor) {
  executed();
  call();
  run_until([&] { return has("look t1"); });
  engine_.reset();
  restart();
  open();
  ASSERT_TRUE(run(engine_->resume()));
  look([&](store::View& view) { EXPECT_NE(view.management().device(device_)->wake_due, never); });
}

TEST_F(ExternalSessions, TheListTellsOfRestarts) {
  script_.devices[device_].last_contact = clock_.now() + 1h;
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.last_contact = clock_.now();
    transaction.manage().put_device(device);
  });
  script_.devices[device_].last_boot = clock_.now() + 1h;
  ASSERT_TRUE(run(engine_->read_list()));
  run_until([&] { return engine_->is_idle(); });
  look([&](store::View& view) {
    const auto events = view.management().events(device_, 1'000'000, 10);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.front().code, "1 BOOT");
  });
}

TEST_F(ExternalSessions, OnlyDevicesThatAreItsOwnAreTaken) {
  ExternalDevice stranger;
  stranger.id = "00D09E-Box-2";
  stranger.last_contact = clock_.now();
  script_.devices[stranger.id] = stranger;
  ASSERT_TRUE(run(engine_->read_list()));
  run_until([&] { return engine_->is_idle(); });
  look([&](store::View& view) { EXPECT_FALSE(view.management().device(stranger.id)) << "devices = \"listed\""; });
}

}  // namespace
}  // namespace nscl::rem
