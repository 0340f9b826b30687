// SPDX-License-Identifier: Apache-2.0
// FleetFixture: devices with a command each, in groups; fleet works go round when the test says so.
#pragma once

#include <map>

#include <nscl/rem/fleet.h>

#include "nrem_fixture.h"

namespace nscl::rem {

class FleetFixture : public NremFixture {
 protected:
  void SetUp() override {
    change([](store::Transaction& transaction) {
      transaction.put_principal({.name = "admin", .entity = "", .verifier = "", .is_operator = true});
      transaction.put_principal({.name = "meter", .entity = "applications/meter", .verifier = ""});
    });
  }

  static std::string device_of(unsigned number) { return "00D09E-Box-" + std::to_string(number); }
  static std::string command_of(unsigned number) { return "scls/g" + std::to_string(number) + "/mgmtObjs/boot"; }

  /// Devices 1 to `count`, each with a command to restart it.
  void make_devices(unsigned count, const std::string& more = {}) {
    for (unsigned i = 1; i <= count; ++i) {
      const auto id = "g" + std::to_string(i);
      make("scls", "<scl sclId=\"" + id + "\"><link>http://" + id + ".example/m2m</link><mgmtProtocolType>BBF_TR069</mgmtProtocolType></scl>");
      change([&](store::Transaction& transaction) {
        store::ManagedDevice device;
        device.id = device_of(i);
        device.state = store::ManagedState::adopted;
        device.managed = "scls/" + id;
        DeviceFacts facts;   // it was asked already what it is and has
        facts.root = "Device.";
        facts.methods = {"GetRPCMethods", "Reboot"};
        device.facts = to_json(facts);
        transaction.manage().put_device(device);
      });
      make("scls/" + id + "/mgmtObjs", "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"boot\"><cmdType>REBOOT</cmdType>" + more + "</m:mgmtCmd>");
    }
  }
  void make_group(const std::string& id, const std::vector<std::string>& members) {
    std::string list;
    for (const auto& member : members) list += "<reference>" + member + "</reference>";
    make("groups", "<group id=\"" + id + "\"><memberType>MIXED</memberType><members>" + list + "</members></group>");
  }
  static std::vector<std::string> commands(unsigned from, unsigned to) {
    std::vector<std::string> out;
    for (; from <= to; ++from) out.push_back("/m2m/" + command_of(from));
    return out;
  }

  core::ResponseConfirm execute_all(const std::string& to, const std::string& wish = "true") {
    core::RequestIndication request;
    request.verb = model::Verb::execute;
    request.to = to;
    request.from = from_;
    if (!wish.empty()) request.query.emplace_back("fleet", wish);
    return run(pipeline_->handle(std::move(request), *context_));
  }
  /// Its number.
  std::uint64_t start(const std::string& to = "groups/all/membersContent/execEnable") {
    const auto answer = execute_all(to);
    EXPECT_EQ(answer.status, Status::accepted) << (answer.content ? *answer.content : "");
    EXPECT_EQ(answer.location.rfind(std::string(fleets_path) + "/", 0), 0u) << answer.location;
    return answer.location.empty() ? 0 : std::stoull(answer.location.substr(fleets_path.size() + 1));
  }
  void round() {
    clock_.advance(1s);
    bool is_over = false;
    boost::asio::co_spawn(context_->get_executor(), nrem_->work_on_fleets(*context_), [&](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
      is_over = true;
    });
    while (!is_over) {
      context_->restart();
      context_->run_one_for(50ms);
    }
  }
  void rounds(unsigned count) {
    while (count-- > 0) round();
  }

  store::FleetWork fleet(std::uint64_t id) {
    store::FleetWork out;
    look([&](store::View& view) { out = view.management().fleet(id).value(); });
    return out;
  }
  std::vector<FleetEntry> entries(std::uint64_t id) {
    std::vector<FleetEntry> out;
    look([&](store::View& view) { out = fleet_entries(view.management(), id, 0, 10'000); });
    return out;
  }
  std::vector<store::Operation> pending_of(unsigned number) {
    std::vector<store::Operation> out;
    look([&](store::View& view) { out = view.management().pending(device_of(number), 100); });
    return out;
  }
  /// The device calls, and restarts.
  void restart_device(unsigned number) {
    device_ = device_of(number);
    begin();
    const auto assignment = next();
    ASSERT_TRUE(assignment);
    finish(*assignment, {.end = Report::End::accepted});
    end_session();
    begin({"1 BOOT"}, true);
    end_session();
  }
  /// The execInstance of a member.
  std::string instance_of(std::uint64_t id, unsigned number) {
    for (const auto& entry : entries(id)) {
      if (entry.operation && entry.operation->device == device_of(number)) return retrieve(entry.operation->resource);
    }
    return {};
  }
  std::string exec_status_of(std::uint64_t id, unsigned number) { return text_between(instance_of(id, number), "execStatus>", "<"); }
  std::map<std::string, std::string> refusals(std::uint64_t id) {
    std::map<std::string, std::string> out;
    for (const auto& entry : entries(id)) {
      if (entry.member.state == store::FleetMemberState::refused) out[entry.member.path] = entry.member.status;
    }
    return out;
  }
  static NremOptions options(unsigned rate, std::size_t in_progress = 10'000) {
    NremOptions out;
    out.fleet_rate = rate;
    out.fleet_in_progress = in_progress;
    return out;
  }
};

}  // namespace nscl::rem
