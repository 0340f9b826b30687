// SPDX-License-Identifier: Apache-2.0
// Rows of tables below an object that are one attribute: names and values, schedules, pauses. An item's id is the number of its row.
#include <nscl/codec/simple_types.h>
#include <nscl/rem/tr069/values.h>

#include "attribute_value.h"

namespace nscl::rem {

using model::Object;
using model::Value;
using Form = AttributeRule::Form;

namespace {

/// The pattern of the rows of a table in an object.
std::string table_path(const std::string& object, std::string_view name) { return with_end(with_end(object + std::string(name)) + "{i}"); }

/// Rows of one table, and what stands in them.
class Rows {
 public:
  Rows(const DeviceTree& tree, std::string pattern) : tree_(tree), paths_(tree.instances(pattern)) {}
  auto begin() const { return paths_.begin(); }
  auto end() const { return paths_.end(); }
  /// Of the table `name` in a row.
  Rows table(const std::string& path, std::string_view name) const { return {tree_, table_path(path, name)}; }
  std::string text(const std::string& path, std::string_view leaf) const {
    const auto* found = tree_.leaf(path + std::string(leaf));
    return found ? found->value : std::string();
  }

 private:
  const DeviceTree& tree_;
  std::vector<std::string> paths_;
};

std::string row_id(std::string_view path) { return "r" + std::string(last_number(path)); }

Value name_and_value(std::string_view name, std::string_view value) {
  Object out;
  out.add("name", name);
  out.add("value", value);
  return Value(std::move(out));
}

Value items(const AttributeRule& rule, const DeviceTree& tree, const Rows& rows, const Bound& bound) {
  model::List list;
  for (const auto& path : rows) list.push_back(name_and_value(rows.text(path, "Name"), rows.text(path, "Value")));
  for (const auto& [name, leaf] : rule.more) {
    if (const auto* found = tree.leaf(leaf_path(bound.path, leaf, bound.root))) list.push_back(name_and_value(name, found->value));
  }
  Object out;
  out.add("areaNwkTypeItem", std::move(list));
  return Value(std::move(out));
}

std::optional<Value> item_called(const AttributeRule& rule, const Rows& rows) {
  for (const auto& path : rows) {
    if (rows.text(path, "Name") == rule.of) return parse_leaf(rule, rows.text(path, "Value"));
  }
  return std::nullopt;
}

std::optional<Value> time_span(const Rows& spans, const std::string& path) {
  const auto start = tr069::parse_time(spans.text(path, "StartTime")), end = tr069::parse_time(spans.text(path, "EndTime"));
  if (!start || !end) return std::nullopt;
  Object out;
  out.add("startTime", *start);
  out.add("endTime", *end);
  out.add("id", row_id(path));
  return Value(std::move(out));
}

Value schedule_of(const std::string& text) {
  model::List strings;
  for (const auto& item : list_items(text)) {
    Object string;
    string.add("id", "s" + std::to_string(strings.size() + 1));
    string.add("$t", item);
    strings.emplace_back(std::move(string));
  }
  Object out;
  out.add("scheduleString", std::move(strings));
  return Value(std::move(out));
}

Value schedule_item(const Rows& schedules, const std::string& path) {
  Object out;
  model::List spans;
  const auto rows = schedules.table(path, "AbsTimeSpan");
  for (const auto& row : rows) {
    if (auto span = time_span(rows, row)) spans.push_back(std::move(*span));
  }
  if (!spans.empty()) out.add("absTimeSpan", std::move(spans));
  if (const auto text = schedules.text(path, "Schedules"); !text.empty()) out.add("schedule", model::List{schedule_of(text)});
  out.add("id", row_id(path));
  return Value(std::move(out));
}

std::optional<Value> schedules(const Rows& categories) {
  model::List list;
  for (const auto& path : categories) {
    auto category = categories.text(path, "RCAT");
    if (!category.starts_with("RCAT_")) category.insert(0, "RCAT_");
    model::List inner;
    const auto rows = categories.table(path, "Schedule");
    for (const auto& row : rows) inner.push_back(schedule_item(rows, row));
    if (inner.empty() || list.size() == 8 || !codec::parse_text(model::types::rcat, category)) continue;
    Object out;
    out.add("rcatValue", category);
    out.add("schedItem", std::move(inner));
    out.add("id", row_id(path));
    list.emplace_back(std::move(out));
  }
  if (list.empty()) return std::nullopt;
  Object out;
  out.add("rcatSchedule", std::move(list));
  out.add("id", "list");
  return Value(std::move(out));
}

std::optional<Value> blocks(const Rows& rows) {
  model::List list;
  for (const auto& path : rows) {
    const auto failures = tr069::parse_integer(rows.text(path, "FailedAttempts")), pause = tr069::parse_integer(rows.text(path, "BlockDuration"));
    if (!failures || !pause || *pause < 0) continue;
    Object out;
    out.add("failedAttempts", *failures);
    out.add("blockDuration", "PT" + std::to_string(*pause) + "S");
    out.add("id", row_id(path));
    list.emplace_back(std::move(out));
  }
  if (list.empty()) return std::nullopt;
  Object out;
  out.add("blockItem", std::move(list));
  out.add("id", "list");
  return Value(std::move(out));
}

tl::unexpected<Error> other_rows() {
  return failure(Status::not_implemented, "has other rows than the device; only the values of those that it has can be changed, whose ids they keep");
}

AttributeRule column(const model::DataType& type, Form form = Form::simple) {
  AttributeRule rule;
  rule.type = &type;
  rule.form = form;
  return rule;
}

/// Goes through the rows of both values side by side, by their ids.
class RowChanges {
 public:
  Result<void> table(const Value& before, const Value& after, std::string_view name, const std::string& path) {
    const auto* old = before.find(name);
    const auto* wanted = after.find(name);
    const auto count = old ? old->list().size() : 0;
    if (count != (wanted ? wanted->list().size() : 0)) return other_rows();
    for (std::size_t i = 0; i < count; ++i) {
      const auto& a = old->list()[i];
      const auto& b = wanted->list()[i];
      const auto* id = b.find("id");
      if (!a.find("id") || !id || !(*a.find("id") == *id) || !id->text().starts_with('r')) return other_rows();
      if (auto done = row(a, b, name, with_end(path + std::string(id->text().substr(1)))); !done) return done;
    }
    return {};
  }
  std::vector<Leaf> leaves;

 private:
  Result<void> row(const Value& before, const Value& after, std::string_view table_name, const std::string& path);
  Result<void> set(const Value& before, const Value& after, std::string_view name, const AttributeRule& rule, const std::string& path) {
    const auto* old = before.find(name);
    const auto* wanted = after.find(name);
    if (!wanted || (old && *old == *wanted)) return {};
    auto text = leaf_text(rule, *wanted);
    if (!text) return tl::unexpected(text.error());
    leaves.push_back({path, std::move(*text)});
    return {};
  }
};

Result<void> RowChanges::row(const Value& before, const Value& after, std::string_view table_name, const std::string& path) {
  if (table_name == "rcatSchedule") {
    auto rule = column(model::types::rcat);
    rule.prefix = "RCAT_";
    auto done = set(before, after, "rcatValue", rule, path + "RCAT");
    return done ? table(before, after, "schedItem", with_end(path + "Schedule")) : done;
  }
  if (table_name == "schedItem") {
    const auto* old = before.find("schedule");
    const auto* wanted = after.find("schedule");
    if (!(old && wanted && *old == *wanted) && (old || wanted)) {
      std::vector<std::string> strings;
      for (const auto& schedule : wanted ? wanted->list() : model::List{}) {
        const auto* list = schedule.find("scheduleString");
        for (const auto& string : list ? list->list() : model::List{}) strings.push_back(text_of(string.find("$t")));
      }
      leaves.push_back({path + "Schedules", joined(strings)});
    }
    return table(before, after, "absTimeSpan", with_end(path + "AbsTimeSpan"));
  }
  if (table_name == "absTimeSpan") {
    auto done = set(before, after, "startTime", column(model::types::date_time), path + "StartTime");
    return done ? set(before, after, "endTime", column(model::types::date_time), path + "EndTime") : done;
  }
  auto done = set(before, after, "failedAttempts", column(model::types::integer), path + "FailedAttempts");
  return done ? set(before, after, "blockDuration", column(model::types::duration, Form::seconds), path + "BlockDuration") : done;
}

}  // namespace

std::optional<Value> read_rows(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound) {
  const Rows rows(tree, leaf_path(bound.path, rule.rows, bound.root));
  switch (rule.form) {
    case Form::items: return items(rule, tree, rows, bound);
    case Form::item: return item_called(rule, rows);
    case Form::schedules: return schedules(rows);
    case Form::blocks: return blocks(rows);
    case Form::instances: return Value(joined({rows.begin(), rows.end()}));
    default: return std::nullopt;
  }
}

Result<std::vector<Leaf>> changed_rows(const AttributeRule& rule, const Value& before, const Value& after, const Bound& bound) {
  if (rule.form != Form::schedules && rule.form != Form::blocks) return failure(Status::forbidden, "cannot be written on the device");
  const auto table = leaf_path(bound.path, rule.rows, bound.root);
  RowChanges changes;
  auto done = changes.table(before, after, rule.form == Form::blocks ? "blockItem" : "rcatSchedule", table.substr(0, table.rfind("{i}")));
  if (!done) return tl::unexpected(done.error());
  return std::move(changes.leaves);
}

}  // namespace nscl::rem
