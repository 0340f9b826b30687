// SPDX-License-Identifier: Apache-2.0
// DmFixture: scls/gw is a device of OMA-DM that has told what it has; the test plays it and its sessions.
#pragma once

#include "nrem_fixture.h"

namespace nscl::rem {

class DmFixture : public NremFixture {
 protected:
  static constexpr const char* names = "xmlns:m=\"http://uri.etsi.org/m2m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

  DmFixture() { device_ = "IMEI:1"; }

  void SetUp() override {
    make("scls", "<scl sclId=\"gw\"><link>http://gw.example/m2m</link><expirationTime>2099-01-01T00:00:00Z</expirationTime><mgmtProtocolType>OMA_DM</mgmtProtocolType></scl>");
    change([&](store::Transaction& transaction) {
      store::ManagedDevice device;
      device.id = device_;
      device.protocol = store::ManagementProtocol::oma_dm;
      device.state = store::ManagedState::adopted;
      device.managed = "scls/gw";
      device.facts = "{}";
      transaction.manage().put_device(device);
    });
    call();
    const auto assignment = next();
    ASSERT_TRUE(assignment);
    const auto* discover = std::get_if<Discover>(&assignment->task);
    ASSERT_TRUE(discover);
    asked_ = discover->objects;
    finish(*assignment, discovered());
  }

  static Report discovered() {
    Report report;
    report.methods = {"Exec", "Get"};
    report.objects = {"./", "./DevInfo/", "./DevDetail/", "./FUMO/", "./FUMO/1/", "./SCOMO/", "./SCOMO/Download/", "./LAWMO/", "./DiagMon/", "./DiagMon/Restart/", "./DiagMon/Trap/"};
    report.models = {{"urn:oma:mo:oma-fumo:1.0", "./FUMO/1/"}, {"urn:oma:mo:oma-scomo:1.0", "./SCOMO/"}, {"urn:oma:mo:oma-lawmo:1.0", "./LAWMO/"},
                     {"urn:oma:mo:oma-diag:restart:1.0", "./DiagMon/Restart/"}, {"urn:oma:mo:oma-diag:trap:1.0", "./DiagMon/Trap/"}};
    report.leaves = {{"./DevInfo/DevId", "IMEI:1", "chr"}, {"./DevInfo/Man", "ACME", "chr"}, {"./DevInfo/Mod", "Box", "chr"}, {"./DevDetail/FwV", "1.0", "chr"},
                     {"./DevDetail/HwV", "7", "chr"}, {"./DevDetail/LrgObj", "true", "bool"}, {"./FUMO/1/State", "10", "int"}, {"./FUMO/1/PkgName", "image", "chr"},
                     {"./DiagMon/Trap/TrapID", "hot", "chr"}};
    return report;
  }

  /// A session begins, with these alerts.
  void call(std::vector<std::string> events = {"1201"}) {
    Contact contact;
    contact.device = device_;
    contact.protocol = store::ManagementProtocol::oma_dm;
    for (auto& code : events) {
      store::ManagementEvent event;
      event.code = std::move(code);
      contact.events.push_back(std::move(event));
    }
    begin_with(std::move(contact));
  }
  void alert(const std::string& key, const std::string& object, Report report, std::string kind = "org.openmobilealliance.dm.firmwareupdate.downloadandupdate") {
    Completion completion;
    completion.device = device_;
    completion.key = key;
    completion.kind = std::move(kind);
    completion.object = object;
    completion.report = std::move(report);
    const auto done = run(nrem_->complete(std::move(completion), *context_));
    ASSERT_TRUE(done) << done.error().detail;
  }
  /// What is known of a resource: the device is not asked.
  std::string document(const std::string& path) {
    core::RequestIndication request;
    request.verb = model::Verb::retrieve;
    request.to = path;
    request.from = from_;
    request.query.emplace_back("rem", "cached");
    return *run(pipeline_->handle(std::move(request), *context_)).content;
  }
  /// "progress</progress><finalStatus>verdict" of its ActionStatus.
  std::string progress(const std::string& path) { return text_between(document(path), "<progress>", "</finalStatus>"); }
  DeviceFacts facts() {
    DeviceFacts out;
    look([&](store::View& view) { out = facts_from_json(view.management().device(device_)->facts); });
    return out;
  }
  /// A request that goes on while the test does; its answer once the next operation is over.
  std::pair<std::optional<Assignment>, std::shared_ptr<std::optional<core::ResponseConfirm>>> ask(model::Verb verb, std::string to, std::string body = {}) {
    bodies_.push_back(std::make_unique<std::string>(std::move(body)));
    core::RequestIndication request;
    request.verb = verb;
    request.to = std::move(to);
    request.from = from_;
    request.content_type = "application/xml";
    request.content = *bodies_.back();
    auto answer = std::make_shared<std::optional<core::ResponseConfirm>>();
    boost::asio::co_spawn(context_->get_executor(), pipeline_->handle(std::move(request), *context_),
                          [answer](const std::exception_ptr&, core::ResponseConfirm confirm) { *answer = std::move(confirm); });
    for (const auto end = std::chrono::steady_clock::now() + 5s; pending().empty() && !*answer && std::chrono::steady_clock::now() < end;) turn();
    return {next(), answer};
  }
  void turn() {
    context_->restart();
    context_->run_for(20ms);
  }
  core::ResponseConfirm answered(const std::shared_ptr<std::optional<core::ResponseConfirm>>& answer) {
    for (const auto end = std::chrono::steady_clock::now() + 30s; !*answer && std::chrono::steady_clock::now() < end;) turn();
    return answer->value_or(core::ResponseConfirm{});
  }

  std::vector<std::string> asked_;

 private:
  std::vector<std::unique_ptr<std::string>> bodies_;   ///< requests look into them
};

}  // namespace nscl::rem
