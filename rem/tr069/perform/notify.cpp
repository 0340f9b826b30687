// SPDX-License-Identifier: Apache-2.0
// SetNotifications: SetParameterAttributes in batches. One request is all or none, so a batch with a parameter that the device refuses is
// asked for by halves until that one stands alone. To ask twice does no harm: what was lost is asked again.
#include <algorithm>
#include <deque>

#include "staged.h"

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t batch_size = 64;

/// Faults that are about some of the parameters, or about how many they are.
bool is_about_some(std::uint32_t code) { return code == 9003 || code == 9004 || code == 9005 || code == 9009; }

class Notify final : public Staged {
 public:
  Notify(const SetNotifications& task, const Assignment& assignment, Situation situation) : Staged(assignment, std::move(situation)) {
    for (auto at = task.leaves.begin(); at != task.leaves.end();) {
      const auto end = at + std::min<std::ptrdiff_t>(batch_size, task.leaves.end() - at);
      batches_.emplace_back(at, end);
      at = end;
    }
  }

  Step begin() override { return go_on(); }

 private:
  using Batch = std::vector<WatchedLeaf>;

  Step ask() override;
  Step took(const Message&) override {
    batches_.pop_front();
    return go_on();
  }
  Step refused(const Fault& fault) override;
  Step go_on() { return batches_.empty() ? end() : send(); }
  Step end();

  std::deque<Batch> batches_;
  std::vector<std::pair<std::string, Fault>> refused_;   ///< by the name of the parameter
};

Notify::Step Notify::ask() {
  SetParameterAttributes request;
  for (const auto& leaf : batches_.front()) {
    SetParameterAttributesStruct one;
    one.name = leaf.path;
    one.notification_change = true;
    one.notification = leaf.level;
    request.parameters.push_back(std::move(one));
  }
  return Message(std::move(request));
}

Notify::Step Notify::refused(const Fault& fault) {
  if (!is_about_some(fault.code)) return failure_of(fault, batches_.front().front().path, attempts_);
  const auto batch = std::move(batches_.front());
  batches_.pop_front();
  if (batch.size() == 1) {
    refused_.emplace_back(batch.front().path, fault);
    return go_on();
  }
  const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
  batches_.emplace_front(middle, batch.end());
  batches_.emplace_front(batch.begin(), middle);
  return go_on();
}

Notify::Step Notify::end() {
  if (refused_.empty()) return Report{};
  auto& [name, fault] = refused_.front();
  if (refused_.size() == 1) return failure_of(fault, name, attempts_);
  auto whole = fault;
  whole.parameters.clear();
  for (const auto& [each, its_fault] : refused_) whole.parameters.push_back({each, its_fault.code, its_fault.text});
  return failure_of(whole, {}, attempts_);
}

}  // namespace

std::unique_ptr<Performance> perform_notify(const SetNotifications& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<Notify>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
