// SPDX-License-Identifier: Apache-2.0
// What all performances have in common, and the choice of one.
#include "staged.h"

namespace nscl::rem::omadm {
namespace {

std::size_t entries_of(const CommandElement& command) {
  return command.kind == CommandElement::Kind::atomic ? command.commands.size() : command.items.size();
}

/// As many answers as commands, as many entries as items; a status for the whole is that of each item that has none.
Answers fitted(const Commands& asked, Answers told) {
  told.resize(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    told[i].items.resize(entries_of(asked[i]));
    for (auto& item : told[i].items) if (item.status == 0) item.status = told[i].status;
  }
  return told;
}

/// What no command is for, or what is done without any.
class Settled final : public DmPerformance {
 public:
  explicit Settled(Report report) : report_(std::move(report)) {}
  Step begin() override { return report_; }
  Step answered(const Answers&) override { return report_; }
  Step unanswered() override { return report_; }

 private:
  Report report_;
};

std::unique_ptr<DmPerformance> settled(Report report) { return std::make_unique<Settled>(std::move(report)); }

struct Choice {
  const Assignment& assignment;
  DmSituation situation;
  auto operator()(const GetLeaves& task) { return perform_get(task, assignment, std::move(situation)); }
  auto operator()(const SetLeaves& task) { return perform_set(task, assignment, std::move(situation)); }
  auto operator()(const AddInstance& task) { return perform_add(task, assignment, std::move(situation)); }
  auto operator()(const DeleteInstance& task) { return perform_delete(task, assignment, std::move(situation)); }
  auto operator()(const Discover& task) { return perform_discover(task, assignment, std::move(situation)); }
  auto operator()(const Invoke& task) { return perform_invoke(task, assignment, std::move(situation)); }
  auto operator()(const Command& task) {
    // The session is what it is for.
    if (task.type == "SCHEDULEINFORM") return settled({});
    return settled(refusal(Status::not_implemented, "OMA-DM has no command " + task.type));
  }
  auto operator()(const Cancel& task) {
    if (task.node.empty()) return settled(refusal(Status::conflict, "OMA-DM: what the device has begun cannot be cancelled"));
    return perform_cancel(task, assignment, std::move(situation));
  }
  auto operator()(const SetNotifications&) {
    return settled(refusal(Status::not_implemented, "OMA-DM: a device cannot be asked to tell of changes of a node"));
  }
};

}  // namespace

Staged::Step Staged::send() {
  auto* reader = reading();
  if (reader && reader->finished()) return have_read();
  asked_ = reader ? reader->request() : ask();
  return asked_;
}

Staged::Step Staged::answered(const Answers& answers) {
  const auto whole = fitted(asked_, answers);
  auto* reader = reading();
  if (!reader) return took(whole);
  reader->answered(whole);
  return send();
}

Staged::Step Staged::silent() { return unknown_end(asked_.empty() ? std::string_view("its message") : name_of(asked_.front())); }

std::unique_ptr<DmPerformance> perform(const Assignment& assignment, DmSituation situation) {
  return std::visit(Choice{assignment, std::move(situation)}, assignment.task);
}

}  // namespace nscl::rem::omadm
