// SPDX-License-Identifier: Apache-2.0
// SetLeaves: Replace. Before several, or one whose Format is not known, or one that may have happened, the leaves are read: for their Formats,
// to see what there is to do, and to set back what was set if another is refused.
#include <algorithm>
#include <set>

#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t most_told = 32;   // leaves in a text

class Setting final : public Staged {
 public:
  Setting(const SetLeaves& task, const Assignment& assignment, DmSituation situation)
      : Staged(assignment, std::move(situation)), wanted_(task.leaves), hidden_(wanted_.size(), true), before_(wanted_),
        reader_(new_reader()) {}

  Step begin() override;

 private:
  enum class Stage { reading, setting, restoring };

  NodeReader* reading() override { return stage_ == Stage::reading ? &reader_ : nullptr; }
  Step have_read() override;
  Commands ask() override;
  Step took(const Answers& answers) override;
  Step silent() override;

  std::optional<Report> learn(std::size_t i, const ReadNode& node);
  Step set(const std::vector<int>& statuses);
  Step failed(Report report, const std::vector<int>& statuses);
  Step restored(const std::vector<int>& statuses);

  std::vector<Leaf> wanted_;
  std::vector<bool> hidden_;             ///< of each: its old value is not known
  std::vector<Leaf> before_;             ///< of each: as the device showed it
  NodeReader reader_;
  Stage stage_ = Stage::setting;
  bool is_atomic_ = false;               ///< what was asked last
  std::vector<Leaf> restore_;
  std::vector<std::string> left_;        ///< set, and their old values are not known
  Report report_;
};

std::string text_of_each(const std::vector<Leaf>& leaves, const std::vector<int>& statuses) {
  std::string out;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (i == most_told) return out + "; and more";
    out.append(i == 0 ? "" : "; ").append(sentence_of(statuses[i], leaves[i].path));
  }
  return out;
}

/// The index of the leaf that tells why: others may not have been done for its sake.
std::size_t cause_in(const std::vector<int>& statuses) {
  const auto has_reason = [](int status) { return !is_done(status) && !is_consequence(status) && status != 0; };
  auto found = std::ranges::find_if(statuses, has_reason);
  if (found == statuses.end()) found = std::ranges::find_if_not(statuses, is_done);
  return static_cast<std::size_t>(found - statuses.begin());
}

Setting::Step Setting::begin() {
  std::set<std::string_view> seen;
  for (const auto& leaf : wanted_) {
    if (!seen.insert(leaf.path).second) return refusal(Status::bad_request, leaf.path + " is named twice");
  }
  if (wanted_.empty()) return report_;
  const bool is_plain = wanted_.size() == 1 && !wanted_.front().type.empty();
  if (is_plain && !may_have_happened_) return send();
  stage_ = Stage::reading;
  for (const auto& leaf : wanted_) reader_.want(leaf.path);
  return send();
}

/// What reading tells of a leaf. The report: it cannot be set, or not now. One that may only be written is set all the same.
std::optional<Report> Setting::learn(std::size_t i, const ReadNode& node) {
  auto& leaf = wanted_[i];
  if (node.status == 404) return report_of_status(404, leaf.path, attempts_);
  if (node.is_interior()) return report_of_status(405, leaf.path, attempts_);
  if (!node.is_there()) {
    auto report = report_of_status(node.status, leaf.path, attempts_);
    return report.end == Report::End::later ? std::optional(std::move(report)) : std::nullopt;
  }
  if (is_format(node.leaf.type)) leaf.type = node.leaf.type;
  hidden_[i] = false;
  before_[i] = {leaf.path, node.leaf.value, leaf.type};
  return std::nullopt;
}

Setting::Step Setting::have_read() {
  bool changes = false;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const auto* node = reader_.find(wanted_[i].path);
    if (!node) return report_of_status(413, wanted_[i].path, attempts_);
    if (auto report = learn(i, *node)) return *std::move(report);
    changes = changes || hidden_[i] || !same_value(wanted_[i].type, before_[i].value, wanted_[i].value);
  }
  report_.leaves = wanted_;
  if (!changes) return report_;
  stage_ = Stage::setting;
  return send();
}

Commands Setting::ask() {
  Commands out;
  for (const auto& leaf : stage_ == Stage::restoring ? restore_ : wanted_) out.push_back(replace_of(leaf, model()));
  is_atomic_ = stage_ == Stage::setting && model().uses_atomic && out.size() > 1;
  if (!is_atomic_) return out;
  return {atomic_of(std::move(out))};
}

Setting::Step Setting::took(const Answers& answers) {
  const auto statuses = statuses_in(answers, is_atomic_);
  return stage_ == Stage::restoring ? restored(statuses) : set(statuses);
}

Setting::Step Setting::set(const std::vector<int>& statuses) {
  if (std::ranges::all_of(statuses, is_done)) {
    report_.leaves = wanted_;
    return report_;
  }
  const auto cause = cause_in(statuses);
  if (std::ranges::none_of(statuses, is_touched)) {
    auto report = report_of_change(statuses[cause], wanted_[cause].path, attempts_);
    if (statuses.size() > 1) report.text = text_of_each(wanted_, statuses);
    return report;
  }
  return failed(report_of_status(statuses[cause], wanted_[cause].path, attempts_), statuses);
}

/// Several are all or none: those that were set are set back.
Setting::Step Setting::failed(Report report, const std::vector<int>& statuses) {
  report_ = std::move(report);
  report_.text = text_of_each(wanted_, statuses);
  if (report_.end == Report::End::failed) report_.status = Status::internal_server_error;   // rem.md 2.5
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (!is_touched(statuses[i])) continue;
    if (hidden_[i]) left_.push_back(wanted_[i].path);
    else restore_.push_back(before_[i]);
  }
  stage_ = Stage::restoring;
  return restore_.empty() ? restored({}) : send();
}

Setting::Step Setting::restored(const std::vector<int>& statuses) {
  for (std::size_t i = 0; i < restore_.size(); ++i) {
    if (i >= statuses.size() || !is_done(statuses[i])) left_.push_back(restore_[i].path);
  }
  report_.text += left_.empty() ? "; what had been set was set back" : "; these had been set, and could not be set back:";
  for (std::size_t i = 0; i < std::min(left_.size(), most_told); ++i) report_.text += " " + left_[i];
  return report_;
}

Setting::Step Setting::silent() { return stage_ == Stage::restoring ? restored({}) : Staged::silent(); }

}  // namespace

std::unique_ptr<DmPerformance> perform_set(const SetLeaves& task, const Assignment& assignment, DmSituation situation) {
  return std::make_unique<Setting>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
