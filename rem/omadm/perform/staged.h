// SPDX-License-Identifier: Apache-2.0
// Staged: what all performances have in common. And the performances, one for each kind of task.
#pragma once

#include <memory>
#include <string>

#include <nscl/rem/omadm/performance.h>

#include "commands.h"
#include "node_reader.h"
#include "reports.h"

namespace nscl::rem::omadm {

/// A performance in stages: in each it either reads nodes, or sends commands and takes what comes of them.
class Staged : public DmPerformance {
 public:
  Step begin() override { return send(); }
  Step answered(const Answers& answers) final;
  Step unanswered() final { return silent(); }

 protected:
  Staged(const Assignment& assignment, DmSituation situation)
      : key_(assignment.key), attempts_(assignment.attempts), may_have_happened_(assignment.may_have_happened),
        situation_(std::move(situation)) {}

  /// The reader while the stage is one of reading. What it asks and is told is seen to here; have_read() says what comes then, and may want more.
  virtual NodeReader* reading() { return nullptr; }
  virtual Step have_read() { return Report{}; }

  /// The commands of a stage that is not one of reading; at least one.
  virtual Commands ask() { return {}; }
  /// One answer for each command, one entry for each item in it (of an Atomic: for each command in it).
  virtual Step took(const Answers&) { return Report{}; }

  virtual Step silent();

  Step send();
  NodeReader new_reader() const { return NodeReader(model()); }
  const DmModelOptions& model() const { return situation_.model; }
  const DeviceFacts& facts() const { return *situation_.facts; }

  std::string key_;
  unsigned attempts_;
  bool may_have_happened_;
  DmSituation situation_;

 private:
  Commands asked_;
};

std::unique_ptr<DmPerformance> perform_get(const GetLeaves& task, const Assignment& assignment, DmSituation situation);
std::unique_ptr<DmPerformance> perform_set(const SetLeaves& task, const Assignment& assignment, DmSituation situation);
std::unique_ptr<DmPerformance> perform_add(const AddInstance& task, const Assignment& assignment, DmSituation situation);
std::unique_ptr<DmPerformance> perform_delete(const DeleteInstance& task, const Assignment& assignment, DmSituation situation);
std::unique_ptr<DmPerformance> perform_discover(const Discover& task, const Assignment& assignment, DmSituation situation);
std::unique_ptr<DmPerformance> perform_invoke(const Invoke& task, const Assignment& assignment, DmSituation situation);
std::unique_ptr<DmPerformance> perform_cancel(const Cancel& task, const Assignment& assignment, DmSituation situation);

}  // namespace nscl::rem::omadm
