// SPDX-License-Identifier: Apache-2.0
// DmTrace: messages of OMA-DM -> what of them may be shown.
#pragma once

#include <memory>
#include <string_view>

#include <nscl/rem/omadm/syncml.h>
#include <nscl/rem/tracing.h>

#include "redaction.h"

namespace nscl::rem::omadm {

class DmTrace {
 public:
  explicit DmTrace(std::unique_ptr<SessionTrace> trace) : trace_(std::move(trace)), redaction_(trace_->most()) {}

  void heard(const DmMessage& message);
  void said(const DmMessage& message) { add(false, message); }
  void remark(const SessionRemark& remark) { trace_->remark(remark); }
  void end(std::string_view how, bool is_problem) { trace_->end(how, is_problem); }

 private:
  void add(bool is_from_device, const DmMessage& message);

  const std::unique_ptr<SessionTrace> trace_;
  Redaction redaction_;
};

/// The message in XML, without its secrets.
std::string redacted(DmMessage message, Redaction& redaction);

}  // namespace nscl::rem::omadm
