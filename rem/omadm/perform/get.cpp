// SPDX-License-Identifier: Apache-2.0
// GetLeaves: Get in batches. Of an interior node what stands below it, level by level. Of a choice one after the other, as each may be large.
#include <deque>
#include <set>

#include "omadm/status_codes.h"
#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t most_levels = 8;          // of a subtree
constexpr std::size_t most_in_subtree = 1024;   // of a subtree

class Reading final : public Staged {
 public:
  Reading(const GetLeaves& task, const Assignment& assignment, DmSituation situation)
      : Staged(assignment, std::move(situation)), paths_(task.paths), reader_(new_reader()) {
    for (const auto& path : paths_) reader_.want(uri_of(path));
  }

 private:
  NodeReader* reading() override { return &reader_; }
  Step have_read() override;

  std::optional<Report> failure() const;
  bool grow(const std::string& top);

  std::vector<std::string> paths_;
  NodeReader reader_;
  std::map<std::string, std::vector<std::string>> subtrees_;   ///< URIs of the nodes of each, found so far
};

/// What was asked for by name decides; what a device hides of a subtree is left out, but not what it may show another time.
std::optional<Report> Reading::failure() const {
  for (const auto& path : paths_) {
    const auto& node = *reader_.find(uri_of(path));
    if (!node.is_there() && node.status != 404) return report_of_status(node.status, node.leaf.path, attempts_);
  }
  for (const auto& [top, uris] : subtrees_) {
    for (const auto& uri : uris) {
      const auto* node = reader_.find(uri);
      auto report = node ? report_of_status(node->status, uri, attempts_) : Report{};
      if (report.end == Report::End::later) return report;
    }
  }
  return std::nullopt;
}

/// Wants what stands below the nodes that are known. False: it is too much.
bool Reading::grow(const std::string& top) {
  auto& known = subtrees_[top];
  known.assign(1, top);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto uri = known[i];
    const auto* node = reader_.find(uri);
    if (!node || depth_of(uri) - depth_of(top) >= most_levels) continue;
    for (const auto& name : node->children()) {
      auto child = child_of(uri, name);
      if (known.size() == most_in_subtree || !reader_.want(child)) return false;
      known.push_back(std::move(child));
    }
  }
  return true;
}

Reading::Step Reading::have_read() {
  for (const auto& path : paths_) {
    const auto* node = reader_.find(uri_of(path));
    if (reader_.is_too_much() || !node) return report_of_status(too_large, path, attempts_);
    if (path.ends_with('/') && !grow(uri_of(path))) return report_of_status(too_large, path, attempts_);
  }
  if (!reader_.finished()) return send();
  if (auto failed = failure()) return *std::move(failed);
  std::map<std::string, Leaf> found;
  const auto add = [&](const std::string& uri) {
    if (const auto* node = reader_.find(uri); node && node->is_leaf()) found.try_emplace(uri, node->leaf);
  };
  for (const auto& path : paths_) if (!path.ends_with('/')) add(path);
  for (const auto& [top, uris] : subtrees_) {
    for (const auto& uri : uris) if (uri != top) add(uri);
  }
  Report report;
  for (auto& [uri, leaf] : found) report.leaves.push_back(std::move(leaf));
  return report;
}

class Choosing final : public Staged {
 public:
  Choosing(const GetLeaves& task, const Assignment& assignment, DmSituation situation)
      : Staged(assignment, std::move(situation)), left_(task.paths.begin(), task.paths.end()), reader_(new_reader()) {}
  Step begin() override { return left_.empty() ? Step(report_of_status(not_found, {}, attempts_)) : ask_for_first(); }

 private:
  NodeReader* reading() override { return &reader_; }
  Step have_read() override;
  Step ask_for_first();

  std::deque<std::string> left_;
  NodeReader reader_;
};

Choosing::Step Choosing::ask_for_first() {
  reader_ = new_reader();
  reader_.want(left_.front());
  return send();
}

/// One that is there, and has no value, is none of them either.
Choosing::Step Choosing::have_read() {
  const auto path = left_.front();
  const auto* node = reader_.find(path);
  if (reader_.is_too_much() || !node) return report_of_status(too_large, path, attempts_);
  if (node->is_leaf()) {
    Report report;
    report.leaves.push_back(node->leaf);
    return report;
  }
  auto report = report_of_status(node->is_interior() ? not_allowed : node->status, path, attempts_);
  if (left_.size() == 1 || (node->status != not_found && !node->is_interior())) return report;
  left_.pop_front();
  return ask_for_first();
}

}  // namespace

std::unique_ptr<DmPerformance> perform_get(const GetLeaves& task, const Assignment& assignment, DmSituation situation) {
  if (task.is_choice) return std::make_unique<Choosing>(task, assignment, std::move(situation));
  return std::make_unique<Reading>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
