// SPDX-License-Identifier: Apache-2.0
// ObjectsFixture: scls/gw, whose device was asked what it has; it is in session.
#pragma once

#include <deque>

#include "nrem_fixture.h"

namespace nscl::rem {

inline const std::string scl_mo = "scls/gw/mgmtObjs/etsiSclMo";

class ObjectsFixture : public NremFixture {
 protected:
  void SetUp() override {
    make_gateway();
    change([&](store::Transaction& transaction) {   // nobody asked it yet
      auto device = *transaction.management().device(device_);
      device.facts = "{}";
      transaction.manage().put_device(device);
    });
    begin({"0 BOOTSTRAP"}, true, true);
    const auto assignment = next();
    ASSERT_TRUE(assignment);
    ASSERT_TRUE(std::holds_alternative<Discover>(assignment->task));
    finish(*assignment, discovered());
  }
  static Report discovered() {
    Report report;
    report.methods = {"GetParameterValues", "SetParameterValues", "Reboot", "FactoryReset", "Download"};
    report.objects = {"Device.", "Device.DeviceInfo.", "Device.DeviceInfo.MemoryStatus.", "Device.ETSIM2M.", "Device.ETSIM2M.SCL.", "Device.ETSIM2M.SCL.1.",
                      "Device.ETSIM2M.SCL.1.Reregistration."};
    report.leaves = {{"Device.DeviceInfo.SerialNumber", "1", "string"}, {"Device.DeviceInfo.MemoryStatus.Total", "512", "unsignedInt"},
                     {"Device.DeviceInfo.MemoryStatus.Free", "100", "unsignedInt"},
                     {"Device.ETSIM2M.SCL.1.Reregistration.RegExpirationDuration", "60", "int"}};
    report.writable = {"Device.ETSIM2M.SCL.1.Reregistration.RegExpirationDuration"};
    return report;
  }

  /// An UPDATE of an attribute of etsiSclMo.
  core::RequestIndication update(const std::string& attribute, const std::string& value) {
    bodies_.push_back("<m:" + attribute + " xmlns:m=\"http://uri.etsi.org/m2m\">" + value + "</m:" + attribute + ">");
    return request(model::Verb::update, scl_mo + "/" + attribute, bodies_.back());
  }
  core::RequestIndication request(model::Verb verb, std::string to, std::string_view body = {}) {
    core::RequestIndication out;
    out.verb = verb;
    out.to = std::move(to);
    out.from = from_;
    out.content_type = "application/xml";
    out.content = body;
    return out;
  }
  /// The whole of etsiSclMo, with these elements, and the status as it is: who does not name that would take it away.
  core::RequestIndication replace(const std::string& elements) {
    bodies_.push_back("<m:mgmtObj xmlns:m=\"http://uri.etsi.org/m2m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"m:EtsiSclMo\">" + elements +
                      "<m:sclActionStatus><action/><progress>100</progress><finalStatus>SUCCESS</finalStatus></m:sclActionStatus></m:mgmtObj>");
    return request(model::Verb::update, scl_mo, bodies_.back());
  }
  static core::RequestIndication with_contact(core::RequestIndication request, const std::string& id) {
    request.delivery.correlation_id = id;
    request.delivery.contact_uri = "http://app.example/" + id;
    return request;
  }
  core::ResponseConfirm handle(core::RequestIndication request) { return run(pipeline_->handle(std::move(request), *context_)); }
  core::ResponseConfirm set_duration(const std::string& value) { return handle(update("regExpirationDuration", value)); }

  /// A request that goes on while the test does.
  std::shared_ptr<std::optional<core::ResponseConfirm>> begin_request(core::RequestIndication request) {
    auto answer = std::make_shared<std::optional<core::ResponseConfirm>>();
    boost::asio::co_spawn(context_->get_executor(), pipeline_->handle(std::move(request), *context_),
                          [answer](const std::exception_ptr&, core::ResponseConfirm confirm) { *answer = std::move(confirm); });
    for (const auto end = std::chrono::steady_clock::now() + 5s; pending().empty() && std::chrono::steady_clock::now() < end;) turn();
    turn();
    return answer;
  }
  void turn() {
    context_->restart();
    context_->run_for(20ms);
  }
  void wait_for(const std::shared_ptr<std::optional<core::ResponseConfirm>>& answer) {
    for (const auto end = std::chrono::steady_clock::now() + 30s; !*answer && std::chrono::steady_clock::now() < end;) turn();
    ASSERT_TRUE(*answer) << "it is not answered";
  }
  store::Operation operation(std::uint64_t id) {
    std::optional<store::Operation> found;
    look([&](store::View& view) { found = view.management().operation(id); });
    return found.value();
  }
  /// What the device is asked to set next.
  std::vector<Leaf> set_next(Report report = {}) {
    const auto assignment = next();
    if (!assignment) return {};
    finish(*assignment, std::move(report));
    return std::get<SetLeaves>(assignment->task).leaves;
  }

 private:
  std::deque<std::string> bodies_;   ///< requests look into them
};

}  // namespace nscl::rem
