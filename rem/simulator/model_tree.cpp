// SPDX-License-Identifier: Apache-2.0
// Lines of text -> the tree that devices share.
#include <algorithm>
#include <stdexcept>

#include <nscl/rem/simulator/data_model.h>

#include "built_in.h"
#include "text_lines.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view number_mark = "{i}";

bool is_number(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

Node object_of(char letter) {
  Node node;
  node.is_object = true;
  node.is_table = letter == 't' || letter == 'T';
  node.is_writable = letter == 'T';
  return node;
}

Node parameter_of(std::string_view letters, std::string_view type, std::string_view value) {
  Node node;
  node.is_writable = letters.front() != 'r';
  if (letters.front() == 'p') node.reading = Node::Reading::nothing;
  if (letters.front() == 'a') node.reading = Node::Reading::never_true;
  if (letters.ends_with('!')) node.notification = 2;
  const auto bound = std::min(type.find_first_of("([{"), type.size());
  node.type = type.substr(0, bound);
  node.constraint = type.substr(bound);
  node.value = value;
  return node;
}

}  // namespace

std::string generic_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('.'), path.size());
    const auto segment = path.substr(0, end);
    out += is_number(segment) ? number_mark : segment;
    if (end < path.size()) out += '.';
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

Nodes instance_of(const Nodes& templates, std::string_view path) {
  Nodes out;
  const auto generic = generic_path(path);
  for (auto i = templates.lower_bound(generic); i != templates.end() && i->first.starts_with(generic); ++i) {
    const auto rest = std::string_view(i->first).substr(generic.size());
    if (rest.find(number_mark) == rest.npos) out.emplace(std::string(path) + std::string(rest), i->second);
  }
  return out;
}

ModelTree::ModelTree(std::string_view text) {
  for_each_line(text, [this](std::string_view line) { add_line(line); });
  if (root_.empty()) throw std::runtime_error("the data model is empty");
}

void ModelTree::add_line(std::string_view line) {
  const auto whole = std::string(line);
  const auto refuse = [&](const char* why) { throw std::runtime_error("data model: " + whole + ": " + why); };
  const auto path = take_word(line), letters = take_word(line);
  if (path.empty() || letters.empty()) refuse("no path or no letter");
  if (root_.empty()) root_ = path.substr(0, path.find('.') + 1);
  if (root_.empty() || !path.starts_with(root_)) refuse("not below the root");
  auto& nodes = path.find(number_mark) == path.npos ? nodes_ : templates_;
  if (letters == "=") {
    const auto found = nodes.find(path);
    if (found == nodes.end()) refuse("there is no such parameter");
    found->second.value = line;
  } else if (letters == "i") {
    auto made = instance_of(templates_, path);
    const auto table = nodes_.find(path.substr(0, path.rfind('.', path.size() - 2) + 1));
    if (made.empty() || table == nodes_.end()) refuse("there is no such table, or it has no lines with {i}");
    made.at(std::string(path)).is_writable = table->second.is_writable;
    nodes.merge(made);
  } else if (path.ends_with('.')) {
    nodes.insert_or_assign(std::string(path), object_of(letters.front()));
  } else {
    const auto type = take_word(line);
    nodes.insert_or_assign(std::string(path), parameter_of(letters, type.empty() ? "string" : type, line));
  }
}

std::shared_ptr<const ModelTree> ModelTree::built_in(ModelKind kind, bool has_fixed_interval) {
  return std::make_shared<const ModelTree>(built_in_text(kind, has_fixed_interval));
}

}  // namespace nscl::rem::simulator
