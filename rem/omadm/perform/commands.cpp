// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/values.h>

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

CommandElement command_on(Kind kind, Item item) {
  CommandElement out;
  out.kind = kind;
  out.items.push_back(std::move(item));
  return out;
}

Item item_at(const std::string& uri) { return {uri, {}}; }

/// Data is always there: a real client dies of an Add without it.
Item item_with(const Leaf& leaf, const DmModelOptions& model) {
  auto item = item_at(leaf.path);
  item.meta.format = leaf.type.empty() ? "chr" : leaf.type;
  item.meta.type = "text/plain";
  item.data = leaf.value;
  if (leaf.type == "bin") {
    item.is_base64 = model.raw_binary;
    if (!model.raw_binary) item.meta.format = "b64";
  }
  return item;
}

}  // namespace

CommandElement get_of(const std::vector<std::string>& uris) {
  CommandElement out;
  out.kind = Kind::get;
  for (const auto& uri : uris) out.items.push_back(item_at(uri));
  return out;
}

CommandElement replace_of(const Leaf& leaf, const DmModelOptions& model) { return command_on(Kind::replace, item_with(leaf, model)); }

CommandElement add_of(const Leaf& node, const DmModelOptions& model) { return command_on(Kind::add, item_with(node, model)); }

CommandElement delete_of(const std::string& uri) { return command_on(Kind::remove, item_at(uri)); }

CommandElement exec_of(const std::string& uri, const std::string& data, const std::string& correlator) {
  auto item = data.empty() ? item_at(uri) : item_with({uri, data}, {});
  auto out = command_on(Kind::exec, std::move(item));
  out.correlator = correlator;
  return out;
}

CommandElement atomic_of(Commands commands) {
  CommandElement out;
  out.kind = Kind::atomic;
  out.commands = std::move(commands);
  return out;
}

bool is_format(std::string_view text) {
  constexpr std::string_view formats[] = {"b64", "bin", "bool", "chr", "date", "float", "int", "node", "null", "time", "xml"};
  return std::ranges::find(formats, text) != std::end(formats);
}

bool same_value(std::string_view format, std::string_view a, std::string_view b) {
  const auto agree = [](const auto& left, const auto& right) { return left && right && *left == *right; };
  if (a == b) return true;
  if (format == "bool") return agree(tr069::parse_boolean(a), tr069::parse_boolean(b));
  if (format == "int") return agree(tr069::parse_integer(a), tr069::parse_integer(b));
  if (format == "bin" || format == "b64") return agree(base64_decode(a), base64_decode(b));
  return false;
}

}  // namespace nscl::rem::omadm
