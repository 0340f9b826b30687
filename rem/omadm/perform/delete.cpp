// SPDX-License-Identifier: Apache-2.0
// DeleteInstance: Delete, with all that stands below. May be repeated: a node that is not there is deleted.
#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

class Deleting final : public Staged {
 public:
  Deleting(const DeleteInstance& task, const Assignment& assignment, DmSituation situation)
      : Staged(assignment, std::move(situation)), uri_(uri_of(task.object)) {}

 private:
  Commands ask() override { return {delete_of(uri_)}; }

  Step took(const Answers& answers) override {
    const auto status = answers.front().items.front().status;
    if (status == 404 || is_done(status)) return Report{};
    return report_of_change(status, uri_, attempts_);
  }

  std::string uri_;
};

}  // namespace

std::unique_ptr<DmPerformance> perform_delete(const DeleteInstance& task, const Assignment& assignment, DmSituation situation) {
  return std::make_unique<Deleting>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
