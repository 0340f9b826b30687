// SPDX-License-Identifier: Apache-2.0
// Discover: where the management objects are, then the wanted objects level by level, never the whole tree. To list a node and to read it are
// one Get, so what is known is gone over again after each answer, until nothing is missing.
#include <algorithm>
#include <set>

#include "device_nodes.h"
#include "model_search.h"
#include "pattern.h"
#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t most_instances = 64;   // of a node

/// Where management objects stand below the root (rem.md 3.9), for a device that does not list it.
const std::vector<std::string> usual_nodes = {"DevInfo", "DevDetail", "ManagedObjects", "FUMO", "SCOMO", "LAWMO", "DCMO", "DiagMon"};

/// What the server itself has to know of a device.
const std::vector<std::string> own_patterns = {"./DevDetail/", "./DevDetail/URI/"};

std::vector<Pattern> patterns_in(const Discover& task, const DeviceFacts& facts) {
  std::vector<Pattern> out;
  for (const auto& object : task.objects) {
    if (auto pattern = pattern_of(object)) out.push_back(*std::move(pattern));
  }
  const bool is_whole = facts.methods.empty() || std::ranges::any_of(out, [](const Pattern& pattern) { return !pattern.model.empty(); });
  if (is_whole) for (const auto& object : own_patterns) out.push_back(*pattern_of(object));
  return out;
}

std::vector<std::string> urns_in(const std::vector<Pattern>& patterns) {
  std::vector<std::string> out;
  for (const auto& pattern : patterns) {
    if (!pattern.model.empty() && std::ranges::find(out, pattern.model) == out.end()) out.push_back(pattern.model);
  }
  return out;
}

std::vector<std::string> expected_nodes(const std::vector<Pattern>& patterns) {
  auto out = usual_nodes;
  for (const auto& pattern : patterns) {
    const bool is_named = pattern.model.empty() && !pattern.steps.empty() && pattern.steps.front() != every_node;
    if (is_named && std::ranges::find(out, pattern.steps.front()) == out.end()) out.push_back(pattern.steps.front());
  }
  return out;
}

class Discovery final : public Staged {
 public:
  Discovery(const Discover& task, const Assignment& assignment, DmSituation situation)
      : Staged(assignment, std::move(situation)), patterns_(patterns_in(task, facts())), urns_(urns_in(patterns_)),
        nodes_(model(), expected_nodes(patterns_)), search_(urns_) {
    nodes_.find(".");
  }

 private:
  NodeReader* reading() override { return &nodes_.reader(); }
  Step have_read() override;

  void follow(const Pattern& pattern, const std::string& uri, std::size_t step);
  void list(const std::string& uri, const std::vector<std::string>& children);
  void note_object(const std::string& uri);

  std::vector<Pattern> patterns_;
  std::vector<std::string> urns_;        ///< of the models that are looked for
  DeviceNodes nodes_;
  ModelSearch search_;
  std::set<std::string> noted_;          ///< objects and leaves that the report has
  Report report_;
};

Discovery::Step Discovery::have_read() {
  auto root = report_of_status(nodes_.find(".")->status, "./", attempts_);
  if (root.end == Report::End::later) return root;
  report_ = {};
  noted_.clear();
  report_.methods = {"Add", "Delete", "Exec", "Get", "Replace"};
  note_object(".");
  nodes_.is_search(true);
  report_.models = urns_.empty() ? facts().models : search_.look(nodes_);
  if (!reading()->finished()) return send();
  nodes_.is_search(false);
  for (const auto& pattern : patterns_) {
    if (pattern.model.empty()) follow(pattern, ".", 0);
    for (const auto& found : report_.models) {
      if (!pattern.model.empty() && equal_in_any_case(found.urn, pattern.model)) follow(pattern, uri_of(found.object), 0);
    }
  }
  return reading()->finished() ? Step(report_) : send();
}

/// Goes on from a node at which `step` steps of the pattern have been gone.
void Discovery::follow(const Pattern& pattern, const std::string& uri, std::size_t step) {
  const auto* node = nodes_.find(uri);
  if (!node || !nodes_.is_interior(*node)) return;
  const auto children = nodes_.children(*node);
  if (step == pattern.steps.size()) return list(uri, children);
  const auto& wanted = pattern.steps[step];
  if (wanted != every_node) {
    if (std::ranges::find(children, wanted) != children.end()) follow(pattern, child_of(uri, wanted), step + 1);
    return;
  }
  note_object(uri);
  for (std::size_t i = 0; i < std::min(children.size(), most_instances); ++i) follow(pattern, child_of(uri, children[i]), step + 1);
}

/// An object that is wanted, with its leaves.
void Discovery::list(const std::string& uri, const std::vector<std::string>& children) {
  note_object(uri);
  for (const auto& name : children) {
    const auto* child = nodes_.find(child_of(uri, name));
    if (!child || !child->is_leaf()) continue;
    if (noted_.insert(child->leaf.path).second) report_.leaves.push_back(child->leaf);
  }
}

void Discovery::note_object(const std::string& uri) {
  auto object = object_of(uri);
  if (noted_.insert(object).second) report_.objects.push_back(std::move(object));
}

}  // namespace

std::unique_ptr<DmPerformance> perform_discover(const Discover& task, const Assignment& assignment, DmSituation situation) {
  return std::make_unique<Discovery>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::omadm
