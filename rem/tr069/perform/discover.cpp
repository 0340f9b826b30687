// SPDX-License-Identifier: Apache-2.0
// Discover: methods, root, then the wanted objects level by level, never the whole tree; last their values.
#include <algorithm>
#include <deque>
#include <set>

#include "listing.h"
#include "staged.h"
#include "steps.h"

namespace nscl::rem::tr069 {
namespace {

// A device can make up as many instances as it likes; a session has 1000 RPCs.
constexpr std::size_t most_listings = 256;
constexpr std::size_t most_instances = 64;   // of a table
constexpr std::size_t most_leaves = 4096;    // and as many that may be written
constexpr std::size_t longest_method = 64;

/// What every CPE knows, for one that cannot say.
const std::vector<std::string>& base_methods() {
  static const std::vector<std::string> methods = {"GetParameterNames", "GetParameterValues", "SetParameterValues", "AddObject",
                                                   "DeleteObject", "Download", "Reboot", "FactoryReset"};
  return methods;
}

using Children = std::map<std::string, Child, std::less<>>;

/// An object to be listed.
struct Visit {
  std::string path;
  std::size_t depth = 0;                 ///< below the root
  std::vector<std::size_t> patterns = {};   ///< that go through it or end at it
  bool is_listed = false;                ///< its parent has it
};

class Discovery final : public Staged {
 public:
  Discovery(const Discover& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), wanted_(task.objects) {
    for (const auto& root : {facts().root, std::string("Device."), std::string("InternetGatewayDevice.")}) {
      if (!root.empty() && std::ranges::find(roots_, root) == roots_.end()) roots_.push_back(root);
    }
  }

 private:
  enum class Stage { methods, root, walking, reading };

  ValueReader* reading() override { return stage_ == Stage::reading ? &reader_ : nullptr; }
  Step have_read() override;
  Step ask() override;
  Step took(const Message& response) override;
  Step refused(const Fault& fault) override;
  Step silent(unsigned times) override;

  Step know_methods(std::vector<std::string> methods);
  Step next_root();
  void note_writable(const std::string& path);
  void use_root(const std::string& root);
  void assume_root();
  Step walk();
  void listed(const Visit& visit, const std::vector<ParameterInfoStruct>& infos);
  bool goes_on_with(const Visit& visit, std::string_view step) const;
  void follow(const Visit& visit, const Children& children);
  Step read();
  void find_objects();

  std::vector<std::string> wanted_;
  std::deque<std::string> roots_;             ///< to be tried, the likeliest first
  std::vector<Steps> patterns_;               ///< of this root
  Stage stage_ = Stage::methods;
  std::deque<Visit> visits_;
  std::size_t listings_ = 0;
  std::vector<std::string> leaves_;
  std::set<std::string> writable_;
  ValueReader reader_;
  bool heard_ = false;
  Report report_;
};

Discovery::Step Discovery::ask() {
  if (stage_ == Stage::methods) return Message(GetRPCMethods{});
  return Message(GetParameterNames{stage_ == Stage::root ? roots_.front() : visits_.front().path, true});
}

Discovery::Step Discovery::took(const Message& response) {
  heard_ = true;
  if (stage_ == Stage::methods) return know_methods(std::get<GetRPCMethodsResponse>(response).methods);
  const auto& infos = std::get<GetParameterNamesResponse>(response).parameters;
  if (stage_ == Stage::root) {
    if (children_of(roots_.front(), infos).empty()) return next_root();
    use_root(roots_.front());
  }
  listed(visits_.front(), infos);
  visits_.pop_front();
  return walk();
}

Discovery::Step Discovery::refused(const Fault&) {
  heard_ = true;
  if (stage_ == Stage::methods) return know_methods({});
  if (stage_ == Stage::root) return next_root();
  visits_.pop_front();
  return walk();
}

Discovery::Step Discovery::silent(unsigned times) {
  if (stage_ == Stage::methods) return know_methods({});
  if (times < 2) return send();
  if (stage_ == Stage::root) return next_root();
  visits_.pop_front();
  return walk();
}

Discovery::Step Discovery::know_methods(std::vector<std::string> methods) {
  std::erase_if(methods, [](const std::string& method) { return method.size() > longest_method; });
  report_.methods = methods.empty() ? base_methods() : std::move(methods);
  const bool is_root_known = !facts().root.empty();
  if (model().no_gpn || (model().skip_root_gpn && is_root_known)) {
    assume_root();
    return model().no_gpn ? read() : walk();
  }
  stage_ = Stage::root;
  return send();
}

void Discovery::note_writable(const std::string& path) {
  if (writable_.size() < most_leaves) writable_.insert(path);
}

Discovery::Step Discovery::next_root() {
  roots_.pop_front();
  if (!roots_.empty()) return send();
  if (!heard_) return unknown_end(GetParameterNames::name);
  if (facts().root.empty()) return failure_of(make_fault(9005), "Device. and InternetGatewayDevice.", attempts_);
  assume_root();   // it calls itself by it, and cannot list it
  return walk();
}

void Discovery::use_root(const std::string& root) {
  report_.objects.push_back(root);
  Visit visit{root, 0, {}, true};
  for (const auto& object : wanted_) {
    if (auto steps = steps_below(root, object)) {
      visit.patterns.push_back(patterns_.size());
      patterns_.push_back(std::move(*steps));
    }
  }
  visits_.push_back(std::move(visit));
}

/// Without its list: what is wanted of it may be there.
void Discovery::assume_root() {
  use_root(facts().root.empty() ? "Device." : facts().root);
  auto visit = std::move(visits_.front());
  visits_.clear();
  Children assumed;
  for (const auto& steps : patterns_) if (!steps.empty() && steps.front() != "{i}") assumed[steps.front()].object = true;
  visit.is_listed = false;
  follow(visit, assumed);
}

Discovery::Step Discovery::walk() {
  stage_ = Stage::walking;
  if (visits_.empty() || ++listings_ > most_listings) return read();
  return send();
}

/// The empty step: one of its patterns ends at it.
bool Discovery::goes_on_with(const Visit& visit, std::string_view step) const {
  return std::ranges::any_of(visit.patterns, [&](std::size_t i) {
    const auto& steps = patterns_[i];
    return steps.size() > visit.depth ? steps[visit.depth] == step : step.empty();
  });
}

void Discovery::listed(const Visit& visit, const std::vector<ParameterInfoStruct>& infos) {
  const auto children = children_of(visit.path, infos);
  if (children.empty() && !visit.is_listed) return;
  const bool is_wanted = goes_on_with(visit, "");
  if (visit.depth > 0 && (is_wanted || goes_on_with(visit, "{i}"))) report_.objects.push_back(visit.path);
  if (is_wanted) {
    for (const auto& [step, child] : children) {
      const auto path = visit.path + step + (child.object ? "." : "");
      if (child.writable) note_writable(path);
      if (!child.object && leaves_.size() < most_leaves) leaves_.push_back(path);
    }
  }
  follow(visit, children);
}

/// Puts those children on the list that a pattern leads to, in the order of their names, instances in that of their numbers.
void Discovery::follow(const Visit& visit, const Children& children) {
  std::map<std::pair<std::size_t, std::string>, Visit> next;
  std::size_t instances = 0;
  for (const auto index : visit.patterns) {
    const auto& steps = patterns_[index];
    if (steps.size() <= visit.depth) continue;
    const auto& wanted = steps[visit.depth];
    for (const auto& [step, child] : children) {
      if (wanted == "{i}" ? !is_instance(step) : step != wanted) continue;
      const auto path = visit.path + step + ".";
      const auto digits = is_instance(step) ? step.size() : 0;
      const auto [found, is_new] = next.try_emplace({digits, step}, Visit{path, visit.depth + 1, {}, visit.is_listed});
      found->second.patterns.push_back(index);
      if (child.writable) note_writable(path);
    }
  }
  for (auto& [step, child] : next) {
    if (is_instance(step.second) && ++instances > most_instances) continue;
    visits_.push_back(std::move(child));
  }
}

Discovery::Step Discovery::read() {
  if (model().no_gpn) {
    for (const auto& steps : patterns_) {
      if (!steps.empty() && steps.front() != "{i}") leaves_.push_back(object_without_instances(report_.objects.front(), steps));
    }
  }
  report_.writable.assign(writable_.begin(), writable_.end());
  reader_ = ValueReader(std::move(leaves_), model().gpv_batch, ValueReader::Faults::mean_missing);
  stage_ = Stage::reading;
  return send();
}

Discovery::Step Discovery::have_read() {
  report_.leaves = reader_.list();
  if (model().no_gpn) find_objects();
  return report_;
}

/// Objects by the leaves that they have.
void Discovery::find_objects() {
  const auto root = report_.objects.front();
  std::set<std::string> found;
  for (const auto& leaf : report_.leaves) {
    for (const auto& steps : patterns_) {
      if (auto path = object_above(root, steps, leaf.path)) found.insert(std::move(*path));
    }
  }
  found.erase(root);
  report_.objects.insert(report_.objects.end(), found.begin(), found.end());
}

}  // namespace

std::unique_ptr<Performance> perform_discover(const Discover& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<Discovery>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
