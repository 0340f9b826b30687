// SPDX-License-Identifier: Apache-2.0
// GetLeaves: GetParameterValues in batches.
#include "staged.h"

namespace nscl::rem::tr069 {
namespace {

class Get final : public Staged {
 public:
  Get(const GetLeaves& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), reader_(task.paths, model().gpv_batch) {}

 private:
  ValueReader* reading() override { return &reader_; }
  Step have_read() override {
    Report report;
    report.leaves = reader_.list();
    return report;
  }
  Step ask() override { return have_read(); }
  Step took(const Message&) override { return have_read(); }
  Step refused(const Fault& fault) override { return failure_of(fault, {}, attempts_); }

  ValueReader reader_;
};

}  // namespace

std::unique_ptr<Performance> perform_get(const GetLeaves& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<Get>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
