// SPDX-License-Identifier: Apache-2.0
// Paths by segments: names, numbers and aliases.
#include "device_tree.h"

#include <algorithm>
#include <cctype>

#include <nscl/codec/xml_text.h>

namespace nscl::rem {
namespace {

constexpr std::size_t most_segments = 32;   // segments

bool is_instance(std::string_view segment) {
  if (segment.starts_with('[')) return segment.ends_with(']');
  return !segment.empty() && std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view take_segment(std::string_view& path, char joint) {
  const auto end = std::min(path.find(joint), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

/// A.2 before A.10.
bool by_numbers(std::string_view a, std::string_view b) {
  for (const char joint = joint_of(a); !a.empty() && !b.empty();) {
    const auto left = take_segment(a, joint), right = take_segment(b, joint);
    if (left == right) continue;
    if (left.size() != right.size() && is_instance(left) && is_instance(right)) return left.size() < right.size();
    return left < right;
  }
  return a.size() < b.size();
}

bool is_same_model(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, {}, small, small);
}

}  // namespace

store::ManagementProtocol protocol_of(std::string_view root) { return is_node_uri(root) ? store::ManagementProtocol::oma_dm : store::ManagementProtocol::bbf_tr069; }

std::string with_root(std::string_view text, std::string_view root) {
  if (!text.starts_with(root_mark)) return std::string(text);
  return std::string(root).append(text.substr(root_mark.size()));
}

std::vector<std::string> patterns_of(std::string_view pattern, std::string_view root, const std::vector<ModelledObject>& models) {
  if (!pattern.starts_with("{urn:")) return {with_root(pattern, root)};
  const auto end = std::min(pattern.find('}'), pattern.size() - 1);
  std::vector<std::string> out;
  for (const auto& model : models) {
    if (is_same_model(model.urn, pattern.substr(1, end - 1))) out.push_back(with_end(model.object).append(pattern.substr(end + 1)));
  }
  return out;
}

std::string leaf_path(std::string_view path, std::string_view leaf, std::string_view root) {
  return leaf.starts_with(root_mark) ? with_root(leaf, root) : std::string(path).append(leaf);
}

bool matches_path(std::string_view pattern, std::string_view path) {
  const char joint = joint_of(path);
  const auto fits_number = [&](std::string_view name) { return joint == '/' ? !name.empty() : is_instance(name); };
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = take_segment(pattern, joint), found = take_segment(path, joint);
    if (wanted == "{i}" ? !fits_number(found) : wanted != found) return false;
  }
  return pattern.empty() && path.empty();
}

std::string_view last_number(std::string_view path) {
  const auto last = last_name(path);
  return is_node_uri(path) || is_instance(last) ? last : std::string_view{};
}

bool matches_text(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, in = 0, star = pattern.npos, mark = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      mark = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at, ++in;
    } else if (star != pattern.npos) {
      at = star + 1;
      in = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == pattern.npos;
}

std::vector<std::string> list_items(std::string_view text) {
  std::vector<std::string> items;
  if (codec::is_blank(text)) return items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find_first_of(",\n", begin), text.size());
    std::string item(codec::trimmed(text.substr(begin, end - begin)));
    for (auto at = item.find('%'); at != item.npos; at = item.find('%', at + 1)) {
      if (item.compare(at, 3, "%2C") == 0 || item.compare(at, 3, "%2c") == 0) item.replace(at, 3, ",");
    }
    items.push_back(std::move(item));
    begin = end + 1;
  }
  return items;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) {
    if (&item != &items.front()) out += ',';
    for (const char c : item) c == ',' ? out.append("%2C") : out.append(1, c);
  }
  return out;
}

DeviceTree::DeviceTree(const std::vector<Leaf>& leaves) {
  for (const auto& leaf : leaves) {
    leaves_.emplace(leaf.path, &leaf);
    add_object(object_above(leaf.path));
  }
}

DeviceTree::DeviceTree(const Report& report) : DeviceTree(report.leaves) {
  for (const auto& object : report.objects) add_object(object);
}

void DeviceTree::add_object(std::string_view path) {
  for (std::size_t depth = 0; !path.empty() && depth < most_segments; ++depth) {
    if (!objects_.emplace(with_end(path)).second) return;
    path = object_above(path);
  }
}

const Leaf* DeviceTree::leaf(std::string_view path) const {
  const auto found = leaves_.find(path);
  return found == leaves_.end() ? nullptr : found->second;
}

std::vector<std::string> DeviceTree::instances(std::string_view pattern, std::string_view within) const {
  std::vector<std::string> out;
  const auto fixed = pattern.substr(0, pattern.find('{'));
  const auto start = within.size() > fixed.size() ? within : fixed;
  for (auto at = objects_.lower_bound(start); at != objects_.end() && at->starts_with(start); ++at) {
    if (at->starts_with(within) && matches_path(pattern, *at)) out.push_back(*at);
  }
  std::ranges::sort(out, by_numbers);
  return out;
}

bool DeviceTree::tells_of(std::string_view path) const {
  const auto at = leaves_.lower_bound(path);
  return at != leaves_.end() && at->first.starts_with(path);
}

}  // namespace nscl::rem
