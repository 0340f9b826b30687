// SPDX-License-Identifier: Apache-2.0
// Messages of CWMP -> what of them may be shown.
#include <utility>

#include <nscl/rem/tr069/session_observer.h>

#include "redacted.h"

namespace nscl::rem::tr069 {
namespace {

class MessageTrace final : public SessionObserver {
 public:
  explicit MessageTrace(std::unique_ptr<SessionTrace> trace) : trace_(std::move(trace)), redaction_(trace_->most()) {}

  void heard(const Header& header, const Message& message) override {
    if (const auto* inform = std::get_if<Inform>(&message)) {
      for (const auto& event : inform->events) trace_->add_event(event.code);
    }
    add(true, header, message);
  }
  void said(const Header& header, const Message& message) override { add(false, header, message); }
  void remarked(const SessionRemark& remark) override { trace_->remark(remark); }
  void ended(std::string_view how, bool is_problem) override { trace_->end(how, is_problem); }

 private:
  void add(bool is_from_device, const Header& header, const Message& message) {
    trace_->add({is_from_device, std::string(name_of(message)), header.id, write_redacted(message, redaction_), std::holds_alternative<Fault>(message)});
  }

  const std::unique_ptr<SessionTrace> trace_;
  Redaction redaction_;
};

}  // namespace

std::unique_ptr<SessionObserver> observer_of(std::unique_ptr<SessionTrace> trace) { return std::make_unique<MessageTrace>(std::move(trace)); }

}  // namespace nscl::rem::tr069
