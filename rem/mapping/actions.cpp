// SPDX-License-Identifier: Apache-2.0
// Actions of management objects (rem.md 2.6).
#include <algorithm>

#include <nscl/rem/tr069/values.h>

#include <nscl/base/path.h>

#include "attribute_value.h"
#include "foreign_attributes.h"
#include "methods.h"

namespace nscl::rem {

using model::Object;

namespace {

/// What the marks of a step's texts stand for.
class Filling {
 public:
  Filling(const DeviceFacts& facts, const Object& attributes, const Bound& bound, std::string_view key = {}) : facts_(facts), attributes_(attributes), bound_(bound), key_(key) {}

  std::string each;

  /// bad_request if something is missing that must not be.
  Result<std::string> operator()(std::string_view text) const { return filled(text, false); }

  /// The same for a leaf or node. bad_request if it is none then.
  Result<std::string> path(std::string_view text) const {
    auto out = filled(text, is_node_uri(bound_.root));
    if (out && (!check_original_mo(*out) || is_object_path(*out))) return bad_request(*out + " is no parameter of a device; an attribute in it is wrong");
    return out;
  }

 private:
  Result<std::string> filled(std::string_view text, bool escapes) const {
    std::string out;
    while (!text.empty()) {
      const auto open = std::min(text.find('{'), text.size());
      const auto close = text.find('}', open);
      out += text.substr(0, open);
      if (close == text.npos) break;
      auto value = value_of(text.substr(open + 1, close - open - 1), escapes);
      if (!value) return value;
      out += *value;
      text.remove_prefix(close + 1);
    }
    return out;
  }

  /// What the device itself told, or the table, may be a path; the text of an attribute is a name in one of OMA-DM.
  Result<std::string> value_of(std::string_view mark, bool escapes) const {
    const auto path = without_end(bound_.path);
    if (mark == "root") return bound_.root;
    if (mark.starts_with("urn:")) return object_of(mark);
    if (path.empty() && (mark == "object" || mark == "path" || mark == "i")) return failure(Status::not_implemented, "nothing on the device stands for the resource: it has no originalMO");
    if (mark == "object") return std::string(path);
    if (mark == "path") return std::string(path.substr(std::min(bound_.root.size(), path.size())));
    if (mark == "i") return std::string(last_number(path));
    if (mark == "each") return each;
    if (mark == "key") return std::string(key_);
    const bool is_needed = mark.ends_with('!');
    if (is_needed) mark.remove_suffix(1);
    auto text = text_of(attributes_.find(mark));
    if (!text.empty() || !is_needed) return escapes ? percent_encode(text) : text;
    if (mark.starts_with('.')) return failure(Status::not_implemented, "the device did not tell what the action needs of it (" + std::string(mark.substr(1)) + ")");
    return bad_request(std::string(mark) + " is empty; set it before the action");
  }

  Result<std::string> object_of(std::string_view urn) const {
    const auto found = patterns_of("{" + std::string(urn) + "}", bound_.root, facts_.models);
    if (!found.empty()) return std::string(without_end(found.front()));
    return failure(Status::not_implemented, "the device has no management object " + std::string(urn));
  }

  const DeviceFacts& facts_;
  const Object& attributes_;
  const Bound& bound_;
  std::string_view key_;
};

/// Whether a CPE has the method that a step needs; nothing is known against it before it was asked.
Result<void> check_method(const DeviceFacts& facts, const ActionStep& step) {
  if (is_node_uri(facts.root)) return {};
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
    auto path = fill.path(leaf);
    auto text = fill(value);
    if (!path) return tl::unexpected(path.error());
    if (!text) return tl::unexpected(text.error());
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
    const std::string path(without_end(item));
    const bool fits_in = path.starts_with(below) && path.starts_with(bound.root) && path.find(joint_of(path), below.size()) == path.npos;
    if (!check_original_mo(path) || (!below.empty() && !fits_in)) return bad_request(way.each + " has to be the path of an object on the device" + (below.empty() ? "" : ", such as " + below + "1"));
    out.push_back(path);
  }
  if (!out.empty()) return out;
  if (!way.each.starts_with('.')) return bad_request(way.each + " is empty; set it before the action");
  return failure(Status::not_implemented, "the device has nothing that the action could be done on");
}

/// A node of OMA-DM is run.
Result<Task> invocation(const ActionStep& step, const Filling& fill) {
  auto node = fill.path(step.exec);
  auto data = fill(step.data);
  const auto path_or_none = [&](const std::string& text) { return text.empty() ? Result<std::string>(std::string()) : fill.path(text); };
  auto state = path_or_none(step.state), cancel = path_or_none(step.cancel);
  auto leaves = filled_leaves(step.write, fill);
  for (const auto* text : {&node, &data, &state, &cancel}) {
    if (!*text) return tl::unexpected(text->error());
  }
  if (!leaves) return tl::unexpected(leaves.error());
  std::erase_if(*leaves, [](const Leaf& leaf) { return leaf.value.empty(); });
  return Invoke{*std::move(leaves), *std::move(node), *std::move(data), *std::move(state), step.idle, step.restarts, *std::move(cancel)};
}

/// What a device of OMA-DM sends no file for: it is asked for the leaf itself.
Result<Task> reading(const ActionStep& step, const Filling& fill) {
  GetLeaves out{{}, true};
  for (const auto& leaf : step.read) {
    auto path = fill.path(leaf);
    if (!path) return tl::unexpected(path.error());
    out.paths.push_back(std::move(*path));
  }
  return out;
}

/// One step for all paths: their leaves are set together.
Result<Task> task_of(const ActionStep& step, Filling& fill, const std::vector<std::string>& paths) {
  if (!step.command.empty()) return command_of(step, fill);
  if (!step.exec.empty()) return invocation(step, fill);
  if (!step.read.empty()) return reading(step, fill);
  if (!step.remove.empty()) {
    auto node = fill.path(step.remove);
    return node ? Result<Task>(DeleteInstance{*std::move(node)}) : tl::unexpected(node.error());
  }
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

Result<ActionPlan> plan(const ActionWay& way, const DeviceFacts& facts, const Object& attributes, const Bound& bound, std::string_view key = {}) {
  if (!way.unsupported.empty()) return failure(Status::not_implemented, way.unsupported);
  if (!way.conflict.empty()) return failure(Status::conflict, way.conflict);
  const auto paths = paths_of(way, attributes, bound);
  if (!paths) return tl::unexpected(paths.error());
  ActionPlan out;
  Filling fill(facts, attributes, bound, key);
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

/// The arguments, which outlive it, as attributes: of a structure, its parts.
Object object_of(const std::vector<Argument>& arguments) {
  Object out;
  for (const auto& argument : arguments) {
    for (const auto& part : argument.parts) out.set(part.name, part.value);
    if (argument.parts.empty()) out.set(argument.name, argument.value);
  }
  return out;
}

/// Where the device has what a command needs: what an action says, or the first. Empty: nowhere.
std::optional<Bound> place_for(const CommandRule& rule, const DeviceFacts& facts, const std::string& wanted) {
  if (rule.at.empty()) return Bound{{}, facts.root};
  for (const auto& at : rule.at) {
    for (auto& pattern : patterns_of(at, facts.root, facts.models)) {
      if (wanted.empty() || matches_path(pattern, with_end(wanted))) return Bound{wanted.empty() ? pattern : with_end(wanted), facts.root};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> DeviceMapping::place_of(const Object& attributes) const {
  auto place = foreign_place(attributes);
  if (auto sound = check_original_mo(place); !sound) return tl::unexpected(sound.error());
  const bool is_known = !facts_.root.empty();
  if (is_known && protocol_of(place) != protocol_of(facts_.root)) return bad_request("originalMO has to be a path of the device's protocol, below " + facts_.root);
  return place;
}

Result<Task> DeviceMapping::task_of(const Command& command, std::string_view key) const {
  if (!is_node_uri(facts_.root)) return command;
  const auto attributes = object_of(command.arguments);
  const auto wanted = text_of(attributes.find(action_object));
  for (const auto& rule : table_.commands) {
    const auto bound = rule.type == command.type && fits(rule.match, facts_) ? place_for(rule, facts_, wanted) : std::nullopt;
    if (!bound) continue;
    if (rule.ways.empty()) return command;
    const auto way = std::ranges::find_if(rule.ways, [&](const ActionWay& candidate) { return is_met(candidate, attributes, *bound); });
    if (way == rule.ways.end()) continue;
    auto done = plan(*way, facts_, attributes, *bound, key);
    if (!done) return tl::unexpected(done.error());
    const bool is_read = std::holds_alternative<GetLeaves>(done->tasks.front());
    if (is_read && !text_of(attributes.find("URL")).empty()) return failure(Status::not_implemented, "the device sends no file to a URL: without one, it is read and kept here");
    return std::move(done->tasks.front());
  }
  return failure(Status::not_implemented, "the device has nothing for a " + command.type + " of this kind");
}

Result<ActionPlan> DeviceMapping::action(const model::ResourceType& type, const Object& attributes, std::string_view trigger) const {
  auto bound = bound_by(text_of(attributes.find("originalMO")));
  if (bound.path.empty()) bound.root = facts_.root;
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
