// SPDX-License-Identifier: Apache-2.0
// The attributes of an object in a mapping file.
#include <algorithm>

#include <nscl/model/mgmt_types.h>

#include "mapping_reader.h"

namespace nscl::app {

using model::Kind;
using rem::AttributeRule;
using RuleForm = AttributeRule::Form;

namespace {

constexpr std::pair<std::string_view, RuleForm> forms[] = {
    {"list", RuleForm::list},   {"seconds", RuleForm::seconds},     {"tolerance", RuleForm::tolerance}, {"members", RuleForm::members}, {"reference", RuleForm::reference},
    {"items", RuleForm::items}, {"item", RuleForm::item},           {"schedules", RuleForm::schedules}, {"blocks", RuleForm::blocks},         {"log", RuleForm::log},
};

/// Whether an attribute of this type can have this form.
bool suits(RuleForm form, const model::DataType* type) {
  switch (form) {
    case RuleForm::list: return type && type->kind == Kind::complex && std::ranges::any_of(type->fields, [](const auto& field) { return field.repeats(); });
    case RuleForm::seconds: return type && type->kind == Kind::duration;
    case RuleForm::tolerance: return type == &model::types::trpdt;
    case RuleForm::members: return type == &model::types::group;
    case RuleForm::items: return type == &model::types::name_value_set;
    case RuleForm::schedules: return type == &model::types::rcat_sched_list;
    case RuleForm::blocks: return type == &model::types::block_list;
    case RuleForm::status: return type == &model::types::action_status;
    case RuleForm::instances: return type == nullptr;
    case RuleForm::log:
    case RuleForm::uploaded: return type == &model::types::log_data;
    default: return !type || (type->kind != Kind::complex && type->kind != Kind::empty && type->kind != Kind::any);
  }
}

bool is_status_word(const std::string& word) {
  const bool is_progress = !word.empty() && word.size() <= 2 && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
  return is_progress || word == "SUCCESS" || word == "FAILURE";
}

}  // namespace

void MappingReader::attributes(rem::ObjectRule& rule, const toml::node& node) {
  const auto* members = table(node, "attributes");
  if (!members) return;
  for (const auto& [name, member] : in_order(*members)) {
    AttributeRule out;
    const auto hidden = std::ranges::find(rem::hidden_attributes, name);
    if (hidden != rem::hidden_attributes.end()) {
      out.name = *hidden;
    } else if (const auto* known = rule.type->find(name); known && known->origin == model::Origin::stored && !known->trigger && name != "$any") {
      out.name = known->name;
      out.type = known->type;
      out.entity_only = known->entity_only;
      out.mandatory = known->create == model::M;
    } else {
      problem(*member, "attributes." + name, std::string(rule.type->name) + " has no such attribute");
      continue;
    }
    attribute(out, name, *member);
    rule.attributes.push_back(std::move(out));
  }
}

void MappingReader::attribute(AttributeRule& out, const std::string& name, const toml::node& node) {
  const auto path = "attributes." + name;
  if (node.is_string()) {
    texts(out.leaves, node, path);
  } else if (const auto* members = table(node, path)) {
    if (out.type == &model::types::action_status) out.form = RuleForm::status;
    for (const auto& [key, member] : in_order(*members)) {
      if (!attribute_key(out, key, *member, path + "." + key)) unknown(*member, path + "." + key);
    }
  }
  check_attribute(out, path, node);
}

bool MappingReader::attribute_key(AttributeRule& out, std::string_view key, const toml::node& node, const std::string& path) {
  std::int64_t characters = 0;
  if (key == "leaf" || key == "state") texts(out.leaves, node, path);
  else if (key == "as") form_named(out, node, path);
  else if (key == "constant" || key == "stored") {
    out.form = key == "stored" ? RuleForm::stored : RuleForm::constant;
    text(out.value.emplace(), node, path);
  } else if (key == "default") text(out.value.emplace(), node, path);
  else if (key == "rows") text(out.rows, node, path);
  else if (key == "instances") {
    out.form = RuleForm::instances;
    text(out.rows, node, path);
  } else if (key == "uploaded") {
    bool is_uploaded = false;
    flag(is_uploaded, node, path);
    if (is_uploaded) out.form = RuleForm::uploaded;
  } else if (key == "words") pairs(out.words, node, path);
  else if (key == "otherwise") text(out.otherwise, node, path);
  else if (key == "prefix") text(out.prefix, node, path);
  else if (key == "of" || key == "item") text(out.of, node, path);
  else if (key == "more") pairs(out.more, node, path);
  else if (key == "progress") text(out.progress, node, path);
  else if (key == "final") text(out.final_status, node, path);
  else if (key == "cut") {
    number(characters, node, path);
    out.cut = static_cast<std::size_t>(characters);
  } else if (key == "divide") number(out.divide, node, path);
  else if (key == "clamp") flag(out.clamp, node, path);
  else if (key == "read_only") flag(out.read_only, node, path);
  else return false;
  return true;
}

void MappingReader::form_named(AttributeRule& out, const toml::node& node, const std::string& path) {
  std::string name;
  text(name, node, path);
  const auto found = std::ranges::find(forms, name, [](const auto& form) { return std::string(form.first); });
  if (found != std::end(forms)) out.form = found->second;
  else problem(node, path, "\"" + name + "\" is none of list, seconds, tolerance, members, reference, items, item, schedules, blocks, log");
}

void MappingReader::check_attribute(const AttributeRule& rule, const std::string& path, const toml::node& node) {
  if (!suits(rule.form, rule.type)) problem(node, path, "its type cannot be mapped in this way");
  const bool is_table_form = rule.form == RuleForm::items || rule.form == RuleForm::item || rule.form == RuleForm::schedules || rule.form == RuleForm::blocks || rule.form == RuleForm::instances;
  const bool is_free = rule.form == RuleForm::constant || rule.form == RuleForm::stored || rule.form == RuleForm::status || rule.form == RuleForm::uploaded;
  if (is_table_form && !rule.rows.ends_with(is_dm() ? "{i}/" : "{i}.")) problem(node, path, std::string("needs `rows`, a path that ends in ") + (is_dm() ? "{i}/" : "{i}."));
  if (!is_table_form && !rule.rows.empty()) problem(node, path, "has `rows`, which go with items, item, schedules, blocks and instances");
  if (!is_table_form && !is_free && rule.leaves.empty()) problem(node, path, "names no leaf");
  if (rule.form == RuleForm::status) {
    if (rule.leaves.empty() == rule.progress.empty() || rule.progress.empty() != rule.final_status.empty())
      problem(node, path, "needs a state with words, or progress and final");
    if (!std::ranges::all_of(rule.words, [](const auto& pair) { return is_status_word(pair.second); }))
      problem(node, path, "has words that mean neither SUCCESS, FAILURE nor a progress from 0 to 99");
  } else if (rule.type && rule.type->kind == Kind::enumeration) {
    const auto is_value = [&](const std::string& word) { return std::ranges::find(rule.type->values, word) != rule.type->values.end(); };
    for (const auto& [theirs, ours] : rule.words) {
      if (!is_value(ours)) problem(node, path, "\"" + ours + "\" is no value of the attribute");
    }
    if (!rule.otherwise.empty() && !is_value(rule.otherwise)) problem(node, path, "\"" + rule.otherwise + "\" is no value of the attribute");
  }
}

}  // namespace nscl::app
