// SPDX-License-Identifier: Apache-2.0
// How an operation becomes commands of OMA-DM, one package after the other (rem.md 2.5, 2.6, 5.4).
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <nscl/rem/assignment.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/omadm/model_options.h>
#include <nscl/rem/omadm/syncml.h>
#include <nscl/rem/task.h>

namespace nscl::rem::omadm {

/// What a performance may know of the device and its session.
struct DmSituation {
  const DeviceFacts* facts;                        ///< outlives the performance
  std::vector<std::string> correlators = {};       ///< of generic alerts told in this session
  DmModelOptions model = {};
};

/// How the device answered one item of a command.
struct ItemAnswer {
  std::string uri;                                 ///< as it was asked for
  int status = 0;                                  ///< 0: none came
  std::vector<Item> results = {};                  ///< of a Get; whole, chunks put together
};

/// How the device answered one command: one entry for each of its items, in their order. An Atomic: its own status in `status`, and the
/// entries of the commands in it.
struct CommandAnswer {
  int status = 0;                                  ///< of the command as a whole, or of its only item; 0: none came
  std::vector<ItemAnswer> items = {};
};

/// How one assignment is done: package by package. Pure, no sockets. After a Report it is at its end.
class DmPerformance {
 public:
  /// Commands to send, without ids; the session gives them, splits them over messages where they are too long for one, and sends large
  /// objects in chunks. The order among them is the device's choice: what depends on another comes in the next step.
  using Step = std::variant<std::vector<CommandElement>, Report>;
  virtual ~DmPerformance() = default;
  virtual Step begin() = 0;
  /// One answer for each command of the step before.
  virtual Step answered(const std::vector<CommandAnswer>& answers) = 0;
  /// The device answered with nothing of it.
  virtual Step unanswered() = 0;
};

std::unique_ptr<DmPerformance> perform(const Assignment& assignment, DmSituation situation);

/// What a status of OMA-DM means for the application (rem.md 2.10): done, accepted (202), failed or later; `uri` is what it is about.
Report report_of_status(int status, const std::string& uri, unsigned attempts);

}  // namespace nscl::rem::omadm
