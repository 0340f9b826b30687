// SPDX-License-Identifier: Apache-2.0
// DeleteInstance: DeleteObject. May be repeated: an instance that is not there is deleted.
#include "staged.h"

namespace nscl::rem::tr069 {
namespace {

class Delete final : public Staged {
 public:
  Delete(const DeleteInstance& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), object_(task.object) {}

 private:
  Step ask() override { return Message(DeleteObject{object_, key_}); }

  Step took(const Message& response) override {
    const auto status = std::get<DeleteObjectResponse>(response).status;
    if (status >= 9000) return refused(make_fault(status));
    Report report;
    report.needs_reboot = status == 1;
    return report;
  }

  Step refused(const Fault& fault) override {
    if (fault.code == 9005) return Report{};
    return failure_of(fault, object_, attempts_);
  }

  std::string object_;
};

}  // namespace

std::unique_ptr<Performance> perform_delete(const DeleteInstance& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<Delete>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
