// SPDX-License-Identifier: Apache-2.0
// What a device has, as resources (rem.md 1.6, 2.3).
#include <algorithm>
#include <set>

#include <nscl/base/path.h>

#include "attribute_value.h"
#include "methods.h"

namespace nscl::rem {

using model::Object;

namespace {

constexpr std::size_t most_leaves = 4000;       // of a discovery that may have left some out
constexpr std::size_t most_resources = 2000;   // of one device, whatever it says it has

std::string replaced(std::string text, std::string_view mark, std::string_view by) {
  for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + by.size())) text.replace(at, mark.size(), by);
  return text;
}

/// "Device.DeviceInfo.MemoryStatus." -> "Device.DeviceInfo.", unless the object itself tells.
std::string model_of(const ObjectRule& rule, const Bound& bound, const std::vector<ModelledObject>& models) {
  if (!rule.mo_id.empty()) return with_root(rule.mo_id, bound.root);
  for (const auto& model : models) {
    if (model.object == bound.path) return model.urn;
  }
  const auto end = bound.path.find(joint_of(bound.path), bound.root.size());
  return mo_of_object(bound.path.substr(0, end == bound.path.npos ? end : end + 1));
}

/// "{root}X.Y" -> "{root}X.", "A/B" -> "A/".
std::string_view elsewhere(std::string_view leaf) { return leaf.substr(0, leaf.find_last_of("./") + 1); }   // npos + 1 is 0

/// Not only for actions, which give arguments that begin with a dot.
bool is_for_requests(const ActionWay& way) {
  return !way.steps.empty() && std::ranges::none_of(way.when, [](const auto& pair) { return pair.first.starts_with('.'); });
}

/// One walk over table and tree.
class Finding {
 public:
  Finding(const MappingTable& table, const DeviceFacts& facts, const Report& report, std::string_view uri)
      : table_(table), facts_(facts), report_(report), tree_(report), root_(root()), models_(report.models.empty() ? facts.models : report.models), uri_(uri) {}

  std::vector<Wanted> run() {
    add_below(nullptr, Wanted::none, "");
    add_commands();
    return std::move(found_);
  }

 private:
  std::string root() const {
    for (const auto* candidate : {"Device.", "InternetGatewayDevice.", "./"}) {
      if (tree_.has_object(candidate)) return candidate;
    }
    return facts_.root;
  }
  void add_below(const model::ResourceType* parent, std::size_t above, const std::string& within);
  std::string absent_leaves(const ObjectRule& rule, const Bound& bound) const;
  bool is_told_already(const ObjectRule& rule, std::size_t above, const Object& attributes) const;
  void add_object(const ObjectRule& rule, std::size_t above, const std::string& path);
  void add_actions(const ObjectRule& rule, std::size_t above, const std::string& path);
  void add_commands();
  bool knows_command(const CommandOf& command) const;
  std::vector<std::string> found_at(std::string_view pattern, std::string_view within) const;
  std::vector<std::string> places(const ObjectRule& rule, const std::string& within) const;
  bool is_there(const ObjectRule& rule, const std::string& path) const;
  std::string id_for(const ObjectRule& rule, std::size_t above, const Bound& bound);
  std::string uri_of(std::size_t index) const {
    const auto& wanted = found_[index];
    return (wanted.parent == Wanted::none ? std::string(uri_) : uri_of(wanted.parent)) + "/" + percent_encode(wanted.id);
  }

  const MappingTable& table_;
  const DeviceFacts& facts_;
  const Report& report_;
  DeviceTree tree_;
  std::string root_;
  const std::vector<ModelledObject>& models_;
  std::string_view uri_;
  std::vector<Wanted> found_;
  std::set<std::pair<std::size_t, std::string>> taken_;   // ids in their places
};

std::vector<std::string> Finding::found_at(std::string_view pattern, std::string_view within) const {
  std::vector<std::string> out;
  for (const auto& each : patterns_of(pattern, root_, models_)) {
    for (auto& path : tree_.instances(each, within)) out.push_back(std::move(path));
  }
  return out;
}

bool Finding::is_there(const ObjectRule& rule, const std::string& path) const {
  const auto has_one = [&](const std::string& need) { return !found_at(need, path).empty(); };
  const auto knows_one = [&](const std::string& method) { return knows_method(facts_, report_.methods, method); };
  return (rule.needs.empty() || std::ranges::any_of(rule.needs, has_one)) && (rule.methods.empty() || std::ranges::any_of(rule.methods, knows_one));
}

std::vector<std::string> Finding::places(const ObjectRule& rule, const std::string& within) const {
  std::vector<std::string> out;
  for (const auto& at : rule.at) {
    for (auto& path : found_at(at, within)) {
      if (is_there(rule, path)) out.push_back(std::move(path));
    }
    if (!out.empty() && !rule.all) break;
  }
  return out;
}

std::string Finding::id_for(const ObjectRule& rule, std::size_t above, const Bound& bound) {
  const auto number = last_number(bound.path);
  std::string id = rule.id;
  if (id.empty()) id = rule.type->fixed_id.empty() ? std::string(rule.type->name) : std::string(rule.type->fixed_id);
  id = replaced(replaced(std::move(id), "{i}", number), "{path}", without_end(bound.path).substr(std::min(bound.root.size(), bound.path.size() - 1)));
  std::ranges::replace_if(id, [](char c) { return c == '[' || c == ']'; }, '_');
  if (!is_valid_id(id) || is_reserved_name(id)) id = std::string(rule.type->name);
  const auto base = number.empty() || id.find(number) != id.npos ? id : id + "-" + std::string(number);
  if (taken_.contains({above, id})) id = base;
  for (int n = 2; taken_.contains({above, id}); ++n) id = base + "-" + std::to_string(n);
  taken_.emplace(above, id);
  return id;
}

void Finding::add_below(const model::ResourceType* parent, std::size_t above, const std::string& within) {
  std::set<const model::ResourceType*> done;
  for (const auto& rule : table_.objects) {
    if (rule.parent != parent || rule.protocol != protocol_of(root_) || !fits(rule.match, facts_) || done.contains(rule.type)) continue;
    const auto paths = places(rule, within);
    for (const auto& path : paths) add_object(rule, above, path);
    if (!paths.empty() && !rule.all) done.insert(rule.type);
  }
}

/// Paths with blanks between them. What was not listed for its number is not said to be absent.
std::string Finding::absent_leaves(const ObjectRule& rule, const Bound& bound) const {
  std::vector<std::string> paths;
  for (const auto& attribute : rule.attributes) append_paths(paths, attribute, bound);
  std::string out;
  if (report_.leaves.size() >= most_leaves) return out;
  for (const auto& path : paths) {
    if (!is_object_path(path) && !tree_.leaf(path)) out += (out.empty() ? "" : " ") + path;
  }
  return out;
}

/// By another object, in which it is the same.
bool Finding::is_told_already(const ObjectRule& rule, std::size_t above, const Object& attributes) const {
  const auto name = rule.same.empty() ? std::string() : text_of(attributes.find(rule.same));
  if (name.empty()) return false;
  return std::ranges::any_of(found_, [&](const Wanted& each) { return each.type == rule.type && each.parent == above && text_of(each.attributes.find(rule.same)) == name; });
}

void Finding::add_object(const ObjectRule& rule, std::size_t above, const std::string& path) {
  if (found_.size() >= most_resources) return;
  const Bound bound{path, root_};
  Object attributes;
  if (!rule.parent) attributes.add("moID", model_of(rule, bound, models_));
  attributes.add("originalMO", mo_of_object(path));
  for (const auto& attribute : rule.attributes) {
    auto value = read_value(attribute, tree_, bound);
    if (!value) value = value_before(attribute, bound);
    if (value) attributes.add(attribute.name, std::move(*value));
  }
  const auto lacks = [&](const model::Attribute& attribute) {
    return attribute.create == model::M && attribute.origin == model::Origin::stored && !attributes.find(attribute.name);
  };
  if (std::ranges::any_of(rule.type->attributes, lacks)) return;   // what its model demands cannot be told: it would be no valid resource
  if (auto absent = absent_leaves(rule, bound); !absent.empty()) attributes.add(absent_attribute, std::move(absent));
  if (is_told_already(rule, above, attributes)) return;
  auto id = id_for(rule, above, bound);
  found_.push_back({rule.type, std::move(id), above, std::move(attributes)});
  const auto index = found_.size() - 1;
  add_actions(rule, index, path);
  add_below(rule.type, index, path);
}

void Finding::add_actions(const ObjectRule& rule, std::size_t above, const std::string& path) {
  if (!rule.action_type) return;
  found_.push_back({rule.action_type, std::string(rule.action_type->fixed_id), above, {}});
  found_.back().attributes = triggers_of(*rule.action_type, path, uri_of(found_.size() - 1));
}

/// A device of OMA-DM knows those that there is an entry for, and what it needs.
bool Finding::knows_command(const CommandOf& command) const {
  if (!is_node_uri(root_)) return knows_method(facts_, report_.methods, command.method);
  return std::ranges::any_of(table_.commands, [&](const CommandRule& rule) {
    const bool is_possible = rule.ways.empty() || std::ranges::any_of(rule.ways, is_for_requests);
    const bool is_here = rule.at.empty() || std::ranges::any_of(rule.at, [&](const std::string& at) { return !found_at(at, {}).empty(); });
    return rule.type == command.type && is_possible && is_here && fits(rule.match, facts_);
  });
}

void Finding::add_commands() {
  if (!table_.command) return;
  for (const auto& command : commands) {
    if (!knows_command(command)) continue;
    Object attributes;
    attributes.add("cmdType", command.type);
    found_.push_back({table_.command, std::string(command.id), Wanted::none, std::move(attributes)});
  }
}

}  // namespace

Object triggers_of(const model::ResourceType& type, std::string_view original_mo, std::string_view uri) {
  Object out;
  if (!original_mo.empty()) out.add("originalMO", mo_of_object(original_mo));
  for (const auto& attribute : type.attributes) {
    if (attribute.trigger) out.add(attribute.name, std::string(uri) + "/" + std::string(attribute.name));
  }
  return out;
}

std::vector<Wanted> DeviceMapping::objects(const Report& discovered, std::string_view uri) const {
  return Finding(table_, facts_, discovered, uri).run();
}

Discover DeviceMapping::discovery() const {
  Discover out;
  const auto add = [&](std::string pattern) {
    if (std::ranges::find(out.objects, pattern) == out.objects.end()) out.objects.push_back(std::move(pattern));
  };
  const auto is_for_it = [&](const auto& rule) { return rule.protocol == protocol_of(facts_.root) && fits(rule.match, facts_); };
  for (const auto& rule : table_.objects) {
    if (!is_for_it(rule)) continue;
    for (const auto& at : rule.at) {
      if (at != "{root}") add(at);
      for (const auto& attribute : rule.attributes) {
        auto leaves = attribute.leaves;
        for (const auto& leaf : {attribute.progress, attribute.final_status}) {
          if (!leaf.empty()) leaves.push_back(leaf);
        }
        for (const auto& leaf : leaves) {
          const auto object = elsewhere(leaf);
          if (leaf.starts_with("{root}")) add(std::string(object));
          else if (!object.empty()) add(at + std::string(object));   // objects are listed by what is right in them
        }
        if (attribute.rows.empty()) continue;
        const auto table = attribute.rows.starts_with("{root}") ? attribute.rows : at + attribute.rows;
        add(table);
        if (attribute.form != AttributeRule::Form::schedules) continue;
        const auto row = std::string("{i}") + table.back();
        const auto schedules = table + "Schedule" + table.back() + row;
        add(schedules);
        add(schedules + "AbsTimeSpan" + table.back() + row);
      }
    }
    for (const auto& need : rule.needs) add(need);
  }
  const auto add_all = [&](const auto& rules) {
    for (const auto& rule : rules) {
      if (!is_for_it(rule)) continue;
      for (const auto& at : rule.at) add(at);
    }
  };
  add_all(table_.commands);
  add_all(table_.gateways);
  return out;
}

}  // namespace nscl::rem
