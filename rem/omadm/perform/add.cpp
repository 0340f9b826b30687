// SPDX-License-Identifier: Apache-2.0
// AddInstance: Add of the node, then of what stands below it, level by level. If something below cannot be made, the node goes. A leaf may be
// the node: then it has one value, whose path is empty.
#include <algorithm>

#include "new_nodes.h"
#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

class Adding final : public Staged {
 public:
  Adding(const AddInstance& task, const Assignment& assignment, DmSituation situation);

  Step begin() override;

 private:
  enum class Stage { making, looking, replacing, removing };

  NodeReader* reading() override { return stage_ == Stage::looking ? &reader_ : nullptr; }
  Step have_read() override;
  Commands ask() override;
  Step took(const Answers& answers) override;
  Step silent() override;

  Step made_top(int status);
  Step made(const Answers& answers);
  Step replaced(const Answers& answers);
  Step next();
  Step look();
  Step failed(int status, const std::string& uri);
  Step removed(bool well);

  std::string top_;                      ///< URI of the new node
  bool is_leaf_ = false;
  bool has_name_;
  std::deque<Level> levels_;             ///< still to be made; the first one is being made
  Level existing_;                       ///< the device made these leaves by itself: they are replaced
  NodeReader reader_;
  Stage stage_ = Stage::making;
  bool is_top_ = true;                   ///< the first level is the node itself
  bool is_ours_ = false;                 ///< the device said that we made the node
  Report report_;
};

Adding::Adding(const AddInstance& task, const Assignment& assignment, DmSituation situation)
    : Staged(assignment, std::move(situation)), top_(uri_of(child_of(task.object, task.name))), has_name_(!task.name.empty()),
      reader_(new_reader()) {
  is_leaf_ = task.leaves.size() == 1 && task.leaves.front().path.empty();
  auto& leaves = report_.leaves;
  for (const auto& leaf : task.leaves) leaves.push_back({is_leaf_ ? top_ : child_of(top_, leaf.path), leaf.value, leaf.type});
  if (!is_leaf_) levels_ = levels_below(top_, leaves);
  levels_.push_front({is_leaf_ ? leaves.front() : Leaf{top_, {}, std::string(node_format)}});
  report_.object = is_leaf_ ? top_ : object_of(top_);
}

Adding::Step Adding::begin() {
  if (!has_name_) return refusal(Status::not_implemented, "OMA-DM: a new node needs a name");
  return send();
}

Commands Adding::ask() {
  if (stage_ == Stage::removing) return {delete_of(top_)};
  Commands out;
  if (stage_ == Stage::replacing) for (const auto& leaf : existing_) out.push_back(replace_of(leaf, model()));
  else for (const auto& node : levels_.front()) out.push_back(add_of(node, model()));
  return out;
}

Adding::Step Adding::took(const Answers& answers) {
  const auto first = answers.front().items.front().status;
  switch (stage_) {
    case Stage::removing: return removed(first == 404 || is_done(first));
    case Stage::replacing: return replaced(answers);
    case Stage::making: return is_top_ ? made_top(first) : made(answers);
    case Stage::looking: break;
  }
  return report_;
}

Adding::Step Adding::made_top(int status) {
  if (status == 418 && may_have_happened_) return look();
  if (!is_done(status)) return report_of_change(status, top_, attempts_);
  is_ours_ = true;
  return next();
}

Adding::Step Adding::made(const Answers& answers) {
  const auto& level = levels_.front();
  existing_.clear();
  for (std::size_t i = 0; i < level.size(); ++i) {
    const auto status = answers[i].items.front().status;
    if (status == 418 && level[i].type != node_format) existing_.push_back(level[i]);
    if (status != 418 && !is_done(status)) return failed(status, level[i].path);
  }
  if (existing_.empty()) return next();
  stage_ = Stage::replacing;
  return send();
}

Adding::Step Adding::replaced(const Answers& answers) {
  for (std::size_t i = 0; i < existing_.size(); ++i) {
    const auto status = answers[i].items.front().status;
    if (!is_done(status)) return failed(status, existing_[i].path);
  }
  return next();
}

Adding::Step Adding::next() {
  is_top_ = false;
  levels_.pop_front();
  stage_ = Stage::making;
  return levels_.empty() ? Step(report_) : send();
}

/// The node is there: by us, if what it has is what we wanted, as far as it has it (rem.md 5.4).
Adding::Step Adding::look() {
  stage_ = Stage::looking;
  for (const auto& level : levels_) for (const auto& node : level) reader_.want(node.path);
  return send();
}

Adding::Step Adding::have_read() {
  bool is_foreign = false;
  const auto is_settled = [&](const Leaf& wanted) {
    const auto* node = reader_.find(wanted.path);
    if (!node || !node->is_there()) return false;
    const bool is_node = wanted.type == node_format;
    const bool agrees = is_node == node->is_interior() && (is_node || same_value(node->leaf.type, node->leaf.value, wanted.value));
    is_foreign = is_foreign || !agrees;
    return agrees;
  };
  erase_nodes(levels_, is_settled);
  const bool is_top_open = !levels_.empty() && levels_.front().front().path == top_;
  if (is_foreign || is_top_open) return report_of_status(418, top_, attempts_);
  is_top_ = false;
  stage_ = Stage::making;
  return levels_.empty() ? Step(report_) : send();
}

Adding::Step Adding::failed(int status, const std::string& uri) {
  auto report = report_of_change(status, uri, attempts_);
  if (report.end == Report::End::no_answer) return report;   // the next session finds the node, and goes on with it
  report_ = std::move(report);
  if (!is_ours_) {
    report_.text += "; " + top_ + " was there before, and stays";
    return report_;
  }
  stage_ = Stage::removing;
  return send();
}

Adding::Step Adding::removed(bool well) {
  if (!well) {
    report_.text += "; the new node " + top_ + " could not be removed";
    report_.unknown_path = false;   // done once more it would find it there
  }
  return report_;
}

Adding::Step Adding::silent() { return stage_ == Stage::removing ? removed(false) : Staged::silent(); }

}  // namespace

std::unique_ptr<DmPerformance> perform_add(const AddInstance& task, const Assignment& assignment, DmSituation situation) {
  return std::make_unique<Adding>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
