// SPDX-License-Identifier: Apache-2.0
// DiscoveredFixture: device management of a device that has told what it is and has.
#pragma once

#include "nrem_fixture.h"

namespace nscl::rem {

/// `told`: by a contact with these events.
inline Contact contact_of(const std::string& device, std::vector<std::string> events, std::vector<Leaf> told) {
  Contact contact;
  contact.device = device;
  for (auto& code : events) {
    store::ManagementEvent event;
    event.code = std::move(code);
    contact.events.push_back(std::move(event));
  }
  contact.leaves = std::move(told);
  return contact;
}

/// A gateway with memory, a log, an alarm and firmware, which knows all methods that are needed.
inline Report gateway_report() {
  Report report;
  report.methods = {"GetParameterValues", "SetParameterValues", "SetParameterAttributes", "Reboot", "Download", "Upload"};
  report.objects = {"Device.", "Device.DeviceInfo.", "Device.DeviceInfo.MemoryStatus.", "Device.DeviceInfo.VendorLogFile.", "Device.DeviceInfo.VendorLogFile.2.",
                    "Device.FaultMgmt.", "Device.FaultMgmt.SupportedAlarm.", "Device.FaultMgmt.SupportedAlarm.1."};
  report.leaves = {{"Device.DeviceInfo.SerialNumber", "1", "string"}, {"Device.DeviceInfo.MemoryStatus.Total", "512", "unsignedInt"},
                   {"Device.DeviceInfo.MemoryStatus.Free", "100", "unsignedInt"}, {"Device.FaultMgmt.SupportedAlarm.1.SpecificProblem", "Overheating", "string"}};
  return report;
}

/// Below another fixture, so that files can be there too.
template <class Fixture>
class Discovered : public Fixture {
 protected:
  /// Plays the device's first contact. scls/gw is made already.
  void discover() {
    this->change([&](store::Transaction& transaction) {
      auto device = *transaction.management().device(this->device_);
      device.facts = "{}";
      transaction.manage().put_device(device);
    });
    this->begin({"0 BOOTSTRAP"}, true, true);
    const auto assignment = this->next();
    ASSERT_TRUE(assignment);
    ASSERT_TRUE(std::holds_alternative<Discover>(assignment->task));
    this->finish(*assignment, gateway_report());
    this->end_session();
  }
  void tell(std::vector<Leaf> leaves, std::vector<std::string> events = {"4 VALUE CHANGE"}) {
    this->begin_with(contact_of(this->device_, std::move(events), std::move(leaves)));
  }
  /// What is known of a resource: the device is not asked.
  std::string document(const std::string& path, codec::Format format = codec::Format::xml) {
    core::RequestIndication request;
    request.verb = model::Verb::retrieve;
    request.to = path;
    request.from = this->from_;
    request.format = format;
    request.query.emplace_back("rem", "cached");
    return *this->run(this->pipeline_->handle(std::move(request), *this->context_)).content;
  }
  /// "progress</progress><finalStatus>verdict" of its ActionStatus.
  std::string progress(const std::string& path) { return text_between(document(path), "<progress>", "</finalStatus>"); }
  /// "path=level path=level" of the next operation; what else it is in brackets.
  std::string next_wish() {
    const auto assignment = this->next();
    if (!assignment) return "(nothing)";
    const auto* wish = std::get_if<SetNotifications>(&assignment->task);
    if (!wish) return "(" + to_json(assignment->task) + ")";
    std::string out;
    for (const auto& leaf : wish->leaves) out += (out.empty() ? "" : " ") + leaf.path + "=" + std::to_string(leaf.level);
    this->finish(*assignment, {});
    return out;
  }
};

inline const std::string names = "xmlns:m=\"http://uri.etsi.org/m2m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

}  // namespace nscl::rem
