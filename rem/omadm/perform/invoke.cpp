// SPDX-License-Identifier: Apache-2.0
// Invoke: the leaves, then Exec with our key as its Correlator. Before one that may have been sent is repeated, the node's state is looked at.
#include <algorithm>

#include <nscl/rem/cancellation.h>
#include <nscl/rem/tr069/faults.h>

#include "omadm/status_codes.h"
#include "new_nodes.h"
#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

class Invoking final : public Staged {
 public:
  Invoking(const Invoke& task, const Assignment& assignment, DmSituation situation)
      : Staged(assignment, std::move(situation)), task_(task), is_cancelled_(assignment.is_cancelled), reader_(new_reader()) {}

  Step begin() override;

 private:
  enum class Stage { verifying, writing, looking, making, running, checking };

  NodeReader* reading() override {
    return stage_ == Stage::verifying || stage_ == Stage::looking || stage_ == Stage::checking ? &reader_ : nullptr;
  }
  Step have_read() override;
  Commands ask() override;
  Step took(const Answers& answers) override;
  Step silent() override;

  Step start();
  Step run();
  Step end_of_cancelled() const;
  Step look_at_state(Stage stage);
  Step wrote(const Answers& answers);
  Step make_missing();
  Step made(const Answers& answers);
  Step ran(int status);
  bool is_result_of_update(int status) const;
  Step busy_or_refused() const;
  std::optional<std::string> state_if_busy() const;

  Invoke task_;
  bool is_cancelled_;
  NodeReader reader_;
  Stage stage_ = Stage::writing;
  std::vector<Leaf> missing_;            ///< leaves that the device does not have
  std::deque<Level> levels_;             ///< nodes to be made; the first level is being made
};

Report begun() { return report_of_status(202, {}, 1); }

Invoking::Step Invoking::begin() {
  // How it ended was told by the alert, and is not for us to say.
  const auto& told = situation_.correlators;
  if (!key_.empty() && std::ranges::find(told, key_) != told.end()) return begun();
  if (!may_have_happened_) return start();
  if (!task_.state.empty()) return look_at_state(Stage::verifying);
  // It left the session for it, and has come back. Done again it would leave again.
  if (task_.restarts) return Report{};
  // Whether it has begun nobody knows: what ends it does no harm, and to begin it once more would.
  return is_cancelled_ && !task_.cancel.empty() ? Step(begun()) : start();
}

/// It is idle. What does not show its state, and can be ended, is.
Invoking::Step Invoking::end_of_cancelled() const {
  const auto* node = reader_.find(task_.state);
  const bool is_shown = node && node->is_leaf();
  return is_shown || task_.cancel.empty() ? cancelled_report() : begun();
}

Invoking::Step Invoking::start() {
  if (task_.leaves.empty()) return run();
  stage_ = Stage::writing;
  return send();
}

Invoking::Step Invoking::run() {
  stage_ = Stage::running;
  return send();
}

Invoking::Step Invoking::look_at_state(Stage stage) {
  stage_ = stage;
  reader_ = new_reader();
  reader_.want(task_.state);
  return send();
}

Commands Invoking::ask() {
  Commands out;
  switch (stage_) {
    case Stage::writing:
      for (const auto& leaf : task_.leaves) out.push_back(replace_of(leaf, model()));
      break;
    case Stage::making:
      for (const auto& node : levels_.front()) out.push_back(add_of(node, model()));
      break;
    default: out.push_back(exec_of(task_.node, task_.data, key_));
  }
  return out;
}

Invoking::Step Invoking::took(const Answers& answers) {
  if (stage_ == Stage::writing) return wrote(answers);
  if (stage_ == Stage::making) return made(answers);
  return ran(answers.front().items.front().status);
}

Invoking::Step Invoking::have_read() {
  if (stage_ == Stage::looking) return make_missing();
  if (stage_ == Stage::checking) return busy_or_refused();
  if (state_if_busy()) return begun();
  return is_cancelled_ ? end_of_cancelled() : start();
}

/// The state, if it is known and not one with which it has not begun.
std::optional<std::string> Invoking::state_if_busy() const {
  const auto* node = reader_.find(task_.state);
  if (!node || !node->is_leaf() || node->leaf.value.empty()) return std::nullopt;
  const auto is_value = [&](const std::string& idle) { return same_value(node->leaf.type, idle, node->leaf.value); };
  return std::ranges::any_of(task_.idle, is_value) ? std::nullopt : std::optional(node->leaf.value);
}

Invoking::Step Invoking::wrote(const Answers& answers) {
  for (std::size_t i = 0; i < task_.leaves.size(); ++i) {
    const auto status = answers[i].items.front().status;
    if (status == not_found) missing_.push_back(task_.leaves[i]);
    else if (!is_done(status)) return report_of_change(status, task_.leaves[i].path, attempts_);
  }
  if (missing_.empty()) return run();
  levels_ = levels_below(".", missing_);
  stage_ = Stage::looking;
  reader_ = new_reader();
  for (const auto& level : levels_) {
    for (const auto& node : level) if (node.type == node_format) reader_.want(node.path);
  }
  return send();
}

/// A node that the device does not show may be there.
Invoking::Step Invoking::make_missing() {
  erase_nodes(levels_, [&](const Leaf& node) {
    const auto* known = node.type == node_format ? reader_.find(node.path) : nullptr;
    return known && known->status != not_found;
  });
  stage_ = Stage::making;
  return send();
}

Invoking::Step Invoking::made(const Answers& answers) {
  const auto& level = levels_.front();
  for (std::size_t i = 0; i < level.size(); ++i) {
    const auto status = answers[i].items.front().status;
    const bool is_there = status == 418 && level[i].type == node_format;
    if (!is_there && !is_done(status)) return report_of_change(status, level[i].path, attempts_);
  }
  levels_.pop_front();
  return levels_.empty() ? run() : send();
}

Invoking::Step Invoking::ran(int status) {
  if (status == not_allowed && !task_.state.empty()) return look_at_state(Stage::checking);
  auto report = report_of_change(status, task_.node, attempts_);
  if (is_result_of_update(status)) {
    report.end = Report::End::failed;
    report.text = "OMA-DM " + std::to_string(status) + " Result of the update: " + task_.node;
  }
  return report;
}

/// FUMO answers an Exec with its own result codes too. As such 401, 407 and 408 are ends: cancelled by the user, out of time, or unknown to it
/// (rem.md 2.7).
bool Invoking::is_result_of_update(int status) const {
  if (status != 401 && status != 407 && status != 408) return false;
  return std::ranges::any_of(facts().models, [&](const ModelledObject& model) {
    return model.urn.find("fumo") != model.urn.npos && task_.node.starts_with(model.object);
  });
}

Invoking::Step Invoking::busy_or_refused() const {
  auto report = report_of_status(not_allowed, task_.node, attempts_);
  const auto state = state_if_busy();
  if (!state) return report;
  report.status = Status::conflict;
  report.text += "; " + task_.state + " is " + tr069::presentable(*state);
  return report;
}

Invoking::Step Invoking::silent() { return stage_ == Stage::checking ? busy_or_refused() : Staged::silent(); }

}  // namespace

std::unique_ptr<DmPerformance> perform_invoke(const Invoke& task, const Assignment& assignment, DmSituation situation) {
  return std::make_unique<Invoking>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
