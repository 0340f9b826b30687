// SPDX-License-Identifier: Apache-2.0
// Staged: what all performances have in common. And the performances, one for each kind of task.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nscl/rem/tr069/performance.h>

#include "naming.h"
#include "reports.h"
#include "value_reader.h"

namespace nscl::rem::tr069 {

/// A performance in stages. ask() writes the request of the present stage, as often as it is needed: a Message cannot be copied.
class Staged : public Performance {
 public:
  Step begin() override { return send(); }
  Step answered(const Message& answer) final;
  Step unanswered() final;

 protected:
  Staged(const Assignment& assignment, Situation situation)
      : key_(assignment.key), attempts_(assignment.attempts), may_have_happened_(assignment.may_have_happened),
        situation_(std::move(situation)) {}

  virtual Step ask() = 0;
  virtual Step took(const Message& response) = 0;    ///< one that fits what was asked
  virtual Step refused(const Fault& fault) = 0;
  /// `times` in a row: by default it is asked once more, and then the device does not know the method.
  virtual Step silent(unsigned times);

  /// The look for names while the stage is one of naming. What it asks and is told is seen to here; `report` names all that are not there.
  virtual Naming* naming() { return nullptr; }
  virtual Step have_named() { return send(); }
  virtual Step unnamed(Report report) { return report; }

  /// The reader while the stage is one of reading. What it asks and is told is seen to here.
  virtual ValueReader* reading() { return nullptr; }
  virtual Step have_read() { return send(); }
  virtual Step unread(Report report) { return report; }

  Step send();
  const ModelOptions& model() const { return situation_.model; }
  const DeviceFacts& facts() const { return *situation_.facts; }
  /// This session's Inform shows that the device took our last RPC with a ParameterKey.
  bool key_is_ours() const { return !key_.empty() && situation_.parameter_key == key_; }

  std::string key_;
  unsigned attempts_;
  bool may_have_happened_;
  Situation situation_;

 private:
  Step after_naming(const std::vector<std::string>& unknown);
  Step named(Naming& names, const Message& answer);
  Step after_reading(std::optional<Fault> fault);
  std::string asked_;        ///< name of the request that is outstanding
  unsigned silences_ = 0;
};

std::unique_ptr<Performance> perform_get(const GetLeaves& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_set(const SetLeaves& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_add(const AddInstance& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_delete(const DeleteInstance& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_discover(const Discover& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_command(const Command& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_cancel(const Cancel& task, const Assignment& assignment, Situation situation);
std::unique_ptr<Performance> perform_notify(const SetNotifications& task, const Assignment& assignment, Situation situation);

}  // namespace nscl::rem::tr069
