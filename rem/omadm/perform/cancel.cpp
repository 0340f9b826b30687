// SPDX-License-Identifier: Apache-2.0
// Cancel: Exec of the node that the mapping names for it. It may be repeated: to a device that has ended already it says nothing new.
#include "staged.h"

namespace nscl::rem::omadm {
namespace {

class Cancelling final : public Staged {
 public:
  Cancelling(const Cancel& task, const Assignment& assignment, DmSituation situation) : Staged(assignment, std::move(situation)), node_(task.node) {}

 private:
  Commands ask() override { return {exec_of(node_, {}, key_)}; }

  /// What it is to end still tells of its end; 202 promises no more than that.
  Step took(const Answers& answers) override {
    const auto status = answers.front().items.front().status;
    return is_done(status) ? Report{} : report_of_change(status, node_, attempts_);
  }

  std::string node_;
};

}  // namespace

std::unique_ptr<DmPerformance> perform_cancel(const Cancel& task, const Assignment& assignment, DmSituation situation) {
  return std::make_unique<Cancelling>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
