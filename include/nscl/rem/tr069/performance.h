// SPDX-License-Identifier: Apache-2.0
// How an operation becomes RPCs of CWMP, one after the other.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <nscl/rem/assignment.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/task.h>
#include <nscl/rem/tr069/model_options.h>
#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::tr069 {

/// What a performance may know of the device and its session.
struct Situation {
  const DeviceFacts* facts;          ///< outlives the performance
  std::string parameter_key = {};    ///< of this session's Inform
  std::vector<EventStruct> events = {};   ///< of this session's Inform
  std::vector<std::string> completed_keys = {};   ///< CommandKeys of TransferComplete/DUStateChangeComplete told in this session
  ModelOptions model = {};
};

/// How one assignment is done: RPC by RPC. Pure, no sockets. After a Report it is at its end.
class Performance {
 public:
  using Step = std::variant<Message, Report>;   ///< a request to send, or the end
  virtual ~Performance() = default;
  virtual Step begin() = 0;
  virtual Step answered(const Message& answer) = 0;   ///< the response, or a Fault
  virtual Step unanswered() = 0;                      ///< the device posted nothing instead of a response
};

/// The reports beside what task.h says: SetLeaves and AddInstance tell the leaves as they were written; Discover tells the root
/// as the first of its objects, and the tables of the instances that it looked for.
std::unique_ptr<Performance> perform(const Assignment& assignment, Situation situation);

/// True if `answer` can be the response to `request` (its name fits, or it is a Fault).
bool answers(const Message& answer, const Message& request);

/// bad_request if the command can never be sent: an unknown type or argument, one twice, one that is missing, too long or no
/// number; all of them are named. An Upload may still lack its URL.
Result<void> check_command(const Command& command);

}  // namespace nscl::rem::tr069
