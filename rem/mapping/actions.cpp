// SPDX-License-Identifier: Apache-2.0
// Actions of management objects (rem.md 2.6).
#include <algorithm>

#include <nscl/rem/tr069/values.h>

#include "attribute_value.h"
#include "methods.h"

namespace nscl::rem {

using model::Object;

namespace {

/// What the marks of a step's texts stand for.
class Filling {
 public:
  Filling(const Object& attributes, const Bound& bound) : attributes_(attributes), bound_(bound) {}

  std::string each;

  /// bad_request if something is missing that must not be.
  Result<std::string> operator()(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const auto open = std::min(text.find('{'), text.size());
      const auto close = text.find('}', open);
      out += text.substr(0, open);
      if (close == text.npos) break;
      auto value = value_of(text.substr(open + 1, close - open - 1));
      if (!value) return value;
      out += *value;
      text.remove_prefix(close + 1);
    }
    return out;
  }

 private:
  Result<std::string> value_of(std::string_view mark) const {
    const std::string_view path = without_dot(bound_.path);
    if (mark == "root") return bound_.root;
    if (path.empty() && (mark == "object" || mark == "path" || mark == "i")) return failure(Status::not_implemented, "nothing on the device stands for the resource: it has no originalMO");
    if (mark == "object") return std::string(path);
    if (mark == "path") return std::string(path.substr(std::min(bound_.root.size(), path.size())));
    if (mark == "i") return std::string(last_number(path));
    if (mark == "each") return each;
    const bool is_needed = mark.ends_with('!');
    if (is_needed) mark.remove_suffix(1);
    auto text = text_of(attributes_.find(mark));
    if (!text.empty() || !is_needed) return text;
    if (mark.starts_with('.')) return failure(Status::not_implemented, "the device did not tell what the action needs of it (" + std::string(mark.substr(1)) + ")");
    return bad_request(std::string(mark) + " is empty; set it before the action");
  }

  const Object& attributes_;
  const Bound& bound_;
};

/// Whether the device has the method that a step needs; nothing is known against it before it was asked.
Result<void> check_method(const DeviceFacts& facts, const ActionStep& step) {
  if (step.command.empty() && step.notify.empty()) return {};   // what every device knows
  const auto method = step.command.empty() ? std::string_view("SetParameterAttributes") : method_of(step.command);
  const bool is_asked = !facts.methods.empty() || std::ranges::find(facts.unsupported, method) != facts.unsupported.end();
  if (!is_asked || knows_method(facts, {}, method)) return {};
  return failure(Status::not_implemented, "the device does not know " + std::string(method));
}

bool is_met(const ActionWay& way, const Object& attributes, const Bound& bound) {
  if (way.bound && *way.bound == bound.path.empty()) return false;
  return std::ranges::all_of(way.when, [&](const auto& pair) { return text_of(attributes.find(pair.first)) == pair.second; });
}

Result<std::vector<Leaf>> filled_leaves(const Pairs& pairs, const Filling& fill) {
  std::vector<Leaf> out;
  for (const auto& [leaf, value] : pairs) {
    auto path = fill(leaf);
    auto text = fill(value);
    if (!path) return tl::unexpected(path.error());
    if (!text) return tl::unexpected(text.error());
    if (!check_original_mo(*path) || path->ends_with('.')) return bad_request(*path + " is no parameter of a device; an attribute in it is wrong");
    out.push_back({std::move(*path), std::move(*text)});
  }
  return out;
}

Result<Task> command_of(const ActionStep& step, const Filling& fill) {
  std::vector<Argument> arguments;
  for (const auto& [name, value] : step.arguments) {
    auto text = fill(value);
    if (!text) return tl::unexpected(text.error());
    if (!text->empty()) arguments.push_back({name, std::move(*text)});
  }
  if (step.operation.empty()) return Command{step.command, std::move(arguments)};
  arguments.insert(arguments.begin(), {"Operation", step.operation});
  return Command{step.command, {{"Operations", "", std::move(arguments)}}};
}

Result<void> append_watched(std::vector<WatchedLeaf>& out, const ActionStep& step, const Filling& fill) {
  const auto leaves = filled_leaves(step.notify, fill);
  if (!leaves) return tl::unexpected(leaves.error());
  for (const auto& leaf : *leaves) out.push_back({leaf.path, static_cast<unsigned>(tr069::parse_integer(leaf.value).value_or(0))});
  return {};
}

/// The paths that the steps are for: of an attribute, or none at all.
Result<std::vector<std::string>> paths_of(const ActionWay& way, const Object& attributes, const Bound& bound) {
  if (way.each.empty()) return std::vector<std::string>{""};
  std::vector<std::string> out;
  const auto below = with_root(way.below, bound.root);
  for (const auto& item : list_items(text_of(attributes.find(way.each)))) {
    const std::string path(without_dot(item));
    const bool fits_in = path.starts_with(below) && path.starts_with(bound.root) && path.find('.', below.size()) == path.npos;
    if (!check_original_mo(path) || (!below.empty() && !fits_in)) return bad_request(way.each + " has to be the path of an object on the device" + (below.empty() ? "" : ", such as " + below + "1"));
    out.push_back(path);
  }
  if (!out.empty()) return out;
  if (!way.each.starts_with('.')) return bad_request(way.each + " is empty; set it before the action");
  return failure(Status::not_implemented, "the device has nothing that the action could be done on");
}

/// One step for all paths: their leaves are set together.
Result<Task> task_of(const ActionStep& step, Filling& fill, const std::vector<std::string>& paths) {
  if (!step.command.empty()) return command_of(step, fill);
  SetLeaves out;
  SetNotifications watched;
  for (const auto& path : paths) {
    fill.each = path;
    if (auto done = append_watched(watched.leaves, step, fill); !done) return tl::unexpected(done.error());
    auto leaves = filled_leaves(step.set, fill);
    if (!leaves) return tl::unexpected(leaves.error());
    out.leaves.insert(out.leaves.end(), leaves->begin(), leaves->end());
  }
  return step.notify.empty() ? Task(std::move(out)) : Task(std::move(watched));
}

Result<ActionPlan> plan(const ActionWay& way, const DeviceFacts& facts, const Object& attributes, const Bound& bound) {
  if (!way.unsupported.empty()) return failure(Status::not_implemented, way.unsupported);
  if (!way.conflict.empty()) return failure(Status::conflict, way.conflict);
  const auto paths = paths_of(way, attributes, bound);
  if (!paths) return tl::unexpected(paths.error());
  ActionPlan out;
  Filling fill(attributes, bound);
  for (const auto& step : way.steps) {
    if (auto known = check_method(facts, step); !known) return tl::unexpected(known.error());
    auto task = task_of(step, fill, *paths);
    if (!task) return tl::unexpected(task.error());
    out.tasks.push_back(std::move(*task));
  }
  for (const auto& path : *paths) {
    fill.each = path;
    auto leaves = filled_leaves(way.until, fill);
    if (!leaves) return tl::unexpected(leaves.error());
    out.until.insert(out.until.end(), leaves->begin(), leaves->end());
  }
  return out;
}

}  // namespace

Result<ActionPlan> DeviceMapping::action(const model::ResourceType& type, const Object& attributes, std::string_view trigger) const {
  const auto path = text_of(attributes.find("originalMO"));
  const Bound bound{path, path.empty() ? facts_.root : path.substr(0, path.find('.') + 1)};
  const auto* rule = rule_of(type, bound.path);
  const auto found = rule ? std::ranges::find(rule->actions, trigger, &ActionRule::name) : std::vector<ActionRule>::const_iterator{};
  if (!rule || found == rule->actions.end()) return failure(Status::not_implemented, std::string(trigger) + " has no counterpart on the device");
  const auto way = std::ranges::find_if(found->ways, [&](const ActionWay& candidate) { return is_met(candidate, attributes, bound); });
  if (way == found->ways.end()) return failure(Status::not_implemented, std::string(trigger) + " cannot be done in this state of the resource");
  auto out = plan(*way, facts_, attributes, bound);
  if (!out) {
    out.error().detail.insert(0, std::string(trigger) + ": ");
    return out;
  }
  out->status = rule->action_status;
  const auto status = std::ranges::find(rule->attributes, rule->action_status, &AttributeRule::name);
  if (status != rule->attributes.end() && !bound.path.empty()) append_paths(out->watch, *status, bound);
  const auto uploaded = std::ranges::find(rule->attributes, AttributeRule::Form::uploaded, &AttributeRule::form);
  if (uploaded != rule->attributes.end()) out->upload = uploaded->name;
  return out;
}

}  // namespace nscl::rem
