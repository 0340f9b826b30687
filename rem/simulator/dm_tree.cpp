// SPDX-License-Identifier: Apache-2.0
// What one device has, and what a server that reads and writes it is told.
#include <nscl/rem/simulator/dm_tree.h>

#include <algorithm>
#include <stdexcept>

#include "text_lines.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view any_name = "{x}", root = ".", plain_text = "text/plain";
constexpr std::size_t most_new_nodes = 10'000, longest_uri = 255, longest_name = 48, most_segments = 16;   // as DevDetail/URI says

std::string_view uri_above(std::string_view uri) {
  const auto slash = uri.rfind('/');
  return slash == uri.npos ? std::string_view{} : uri.substr(0, slash);
}

std::string_view name_of(std::string_view uri) { return uri.substr(uri.rfind('/') + 1); }

std::string_view without_slash(std::string_view uri) {
  if (uri.size() > 1 && uri.ends_with('/')) uri.remove_suffix(1);
  return uri;
}

bool is_too_long(std::string_view uri) {
  const auto segments = static_cast<std::size_t>(std::ranges::count(uri, '/')) + 1;
  return uri.size() > longest_uri || name_of(uri).size() > longest_name || segments > most_segments;
}

/// "./a/" of "./a": what the URIs of all below begin with.
std::string inside(std::string_view uri) { return std::string(uri) + '/'; }

DmNode leaf(std::string_view format, std::string_view type, std::string_view value) {
  DmNode out;
  out.format = format;
  out.type = type.empty() ? plain_text : type;
  out.value = value;
  return out;
}

}  // namespace

DmFactoryTree::DmFactoryTree(std::string_view text) {
  for_each_line(text, [this](std::string_view line) { add_line(line); });
  if (!nodes_.contains(root)) throw std::runtime_error("the management tree has no root");
}

void DmFactoryTree::add_line(std::string_view line) {
  const auto whole = std::string(line);
  const auto uri = take_word(line), letters = take_word(line);
  const auto is_template = uri.find(any_name) != uri.npos;
  const bool is_placed = uri == root || is_template || nodes_.contains(uri_above(uri));
  if (letters.empty() || !is_placed) throw std::runtime_error("management tree: " + whole + ": no letters, or nothing above it");
  const auto has = [&](char letter) { return letters.find(letter) != letters.npos; };
  DmNode node;
  if (has('n')) {
    node.is_interior = true;
    node.type = line;
  } else {
    const auto format = take_word(line);
    node = leaf(format.empty() ? "chr" : format, {}, line);
  }
  node.takes_children = has('a');
  node.is_secret = has('s');
  node.is_writable = has('w');
  node.is_removable = has('d');
  node.is_executable = has('x');
  (is_template ? templates_ : nodes_).insert_or_assign(std::string(uri), std::move(node));
}

bool DmTree::is_removed(std::string_view uri) const {
  for (; !removed_.empty() && !uri.empty(); uri = uri_above(uri)) {
    if (removed_.contains(uri)) return true;
  }
  return false;
}

const DmNode* DmTree::find(std::string_view uri) const {
  uri = without_slash(uri);
  if (const auto found = own_.find(uri); found != own_.end()) return &found->second;
  const auto found = factory_->nodes().find(uri);
  return found == factory_->nodes().end() || is_removed(uri) ? nullptr : &found->second;
}

std::string DmTree::value(std::string_view uri) const {
  const auto* const node = find(uri);
  return node ? node->value : std::string();
}

std::vector<std::string> DmTree::below(std::string_view uri) const {
  const auto prefix = inside(without_slash(uri));
  std::set<std::string> out;
  const auto& nodes = factory_->nodes();
  for (auto i = nodes.lower_bound(prefix); i != nodes.end() && i->first.starts_with(prefix); ++i) {
    if (!is_removed(i->first)) out.insert(i->first);
  }
  for (auto i = own_.lower_bound(prefix); i != own_.end() && i->first.starts_with(prefix); ++i) out.insert(i->first);
  return {out.begin(), out.end()};
}

std::vector<std::string> DmTree::children(std::string_view uri) const {
  std::vector<std::string> out;
  for (const auto& each : below(uri)) {
    if (uri_above(each) == without_slash(uri)) out.emplace_back(name_of(each));
  }
  return out;
}

DmTree::Reading DmTree::read(std::string_view target) const {
  const auto mark = std::min(target.find('?'), target.size());
  const auto uri = without_slash(target.substr(0, mark)), query = target.substr(std::min(mark + 1, target.size()));
  constexpr std::string_view of_property = "prop=";
  const auto* const node = find(uri);
  if (!node) return {404, {}, {}, {}};
  if (query.starts_with(of_property)) return property(uri, *node, query.substr(of_property.size()));
  if (mark != target.size()) return {406, {}, {}, {}};
  if (node->is_secret) return {405, {}, {}, {}};
  if (!node->is_interior) return {200, node->format, node->type, node->value};
  std::string names;
  for (const auto& child : children(uri)) names += (names.empty() ? "" : "/") + child;
  return {200, "node", {}, std::move(names)};
}

DmTree::Reading DmTree::property(std::string_view uri, const DmNode& node, std::string_view name) const {
  const auto is = [](std::string value) { return Reading{200, "chr", std::string(plain_text), std::move(value)}; };
  if (name == "Name") return is(std::string(name_of(uri)));
  if (name == "Type") return is(node.type);
  if (name == "Format") return is(node.is_interior ? "node" : node.format);
  if (name != "ACL") return {406, {}, {}, {}};
  std::string rights = node.is_secret ? "" : "Get=*";
  const std::pair<bool, std::string_view> others[] = {
      {node.takes_children, "Add=*"}, {node.is_writable, "Replace=*"}, {node.is_removable, "Delete=*"}, {node.is_executable, "Exec=*"}};
  for (const auto& [is_given, right] : others) {
    if (is_given) rights.append(rights.empty() ? "" : "&").append(right);
  }
  return is(std::move(rights));
}

int DmTree::add(std::string_view uri, const std::string& format, const std::string& type, std::string value) {
  uri = without_slash(uri);
  if (find(uri)) return 418;
  if (!uri.starts_with("./") || name_of(uri).empty() || uri.find('?') != uri.npos) return 404;
  auto above = uri_above(uri);
  while (!above.empty() && !find(above)) above = uri_above(above);
  const auto* const nearest = find(above);
  if (!nearest || !nearest->takes_children) return 425;
  if (above != uri_above(uri)) return 404;
  if (is_too_long(uri)) return 414;
  if (own_.size() >= most_new_nodes) return 420;
  DmNode node = leaf(format.empty() ? "chr" : format, type, {});
  node.value = std::move(value);
  if (format == "node") {
    node = DmNode{};
    node.is_interior = node.takes_children = true;
  }
  node.is_writable = !node.is_interior;
  node.is_removable = true;
  own_.insert_or_assign(std::string(uri), std::move(node));
  if (format == "node") take_templates(uri);
  return 200;
}

int DmTree::replace(std::string_view uri, std::string value) {
  uri = without_slash(uri);
  if (uri.find('?') != uri.npos) return 406;
  const auto* const node = find(uri);
  if (!node) return 404;
  if (!node->is_writable) return 425;
  own(uri).value = std::move(value);
  return 200;
}

int DmTree::remove(std::string_view uri) {
  uri = without_slash(uri);
  const auto* const node = find(uri);
  if (!node) return 404;
  if (!node->is_removable) return 405;
  drop(uri);
  return 200;
}

DmNode& DmTree::own(std::string_view uri) {
  const auto found = own_.find(uri);
  return found != own_.end() ? found->second : own_.emplace(uri, *find(uri)).first->second;
}

bool DmTree::change(std::string_view uri, std::string_view value) {
  const auto* const node = find(uri);
  if (!node || node->is_interior) return false;
  if (node->value != value) own(uri).value = value;   // what all have alike stays with the factory
  return true;
}

void DmTree::make(std::string_view uri) {
  DmNode node;
  node.is_interior = true;
  own_.insert_or_assign(std::string(uri), std::move(node));
  take_templates(uri);
}

void DmTree::put(std::string_view uri, std::string_view format, std::string_view value) {
  if (!change(uri, value)) own_.insert_or_assign(std::string(uri), leaf(format, {}, value));
}

void DmTree::drop(std::string_view uri) {
  const auto prefix = inside(uri);
  std::erase_if(own_, [&](const auto& entry) { return entry.first == uri || entry.first.starts_with(prefix); });
  if (factory_->nodes().contains(uri)) removed_.emplace(uri);
}

/// What a node of any name has at this place.
void DmTree::take_templates(std::string_view uri) {
  const auto generic = inside(uri_above(uri)) + std::string(any_name);
  const auto& templates = factory_->templates();
  for (auto i = templates.lower_bound(generic); i != templates.end() && i->first.starts_with(generic); ++i) {
    const auto rest = i->first.substr(generic.size());
    if (!rest.empty()) own_.insert_or_assign(std::string(uri) + rest, i->second);
    else own_.insert_or_assign(std::string(uri), i->second);
  }
}

void DmTree::reset() {
  own_.clear();
  removed_.clear();
}

}  // namespace nscl::rem::simulator
