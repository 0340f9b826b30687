// SPDX-License-Identifier: Apache-2.0
// How one operation becomes RPCs of CWMP.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <nscl/rem/task.h>
#include <nscl/rem/tr069/rpc.h>
#include <nscl/rem/work.h>

namespace nscl::rem::tr069 {

/// What a performance may know of the device and its session.
struct Situation {
  const DeviceFacts* facts;          // outlives the performance
  std::string parameter_key;         // of this session's Inform
  std::vector<EventStruct> events;   // of this session's Inform
  std::vector<std::string> completed_keys;   // CommandKeys of TransferComplete/DUStateChangeComplete told in this session
};

/// How one assignment is done: RPC by RPC. Pure, no sockets.
class Performance {
 public:
  using Step = std::variant<Message, Report>;   // a request to send, or the end
  virtual ~Performance() = default;
  virtual Step begin() = 0;
  virtual Step answered(const Message& answer) = 0;   // the response, or a Fault
  virtual Step unanswered() = 0;                      // the device posted nothing instead of a response
};

std::unique_ptr<Performance> perform(const Assignment& assignment, Situation situation);

/// True if `answer` can be the response to `request` (its name fits, or it is a Fault).
bool answers(const Message& answer, const Message& request);

}  // namespace nscl::rem::tr069
