// SPDX-License-Identifier: Apache-2.0
// Cancel: CancelTransfer. A fault says that the command goes on: 9021 not now, 9000 never.
#include "staged.h"

namespace nscl::rem::tr069 {
namespace {

class CancelCommand final : public Staged {
 public:
  CancelCommand(const Cancel& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), command_key_(task.key) {}

 private:
  Step ask() override { return Message(CancelTransfer{command_key_}); }
  Step took(const Message&) override { return Report{}; }
  Step refused(const Fault& fault) override { return failure_of(fault, {}, attempts_); }

  std::string command_key_;
};

}  // namespace

std::unique_ptr<Performance> perform_cancel(const Cancel& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<CancelCommand>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
