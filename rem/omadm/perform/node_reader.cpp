// SPDX-License-Identifier: Apache-2.0
#include "node_reader.h"

#include <algorithm>
#include <utility>

#include <nscl/base/bytes.h>

#include "reports.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t most_octets = 8u << 20;
constexpr std::size_t most_children = 1024;
constexpr std::size_t longest_name = 256;

bool is_name(std::string_view name) {
  return name.size() <= longest_name && name != "." && name != ".." && name.find('?') == name.npos;
}

/// Octets are base64 here. In a message they may be so already, or stand in it as they are (`is_raw`: they always do).
Leaf leaf_of(const std::string& uri, const std::vector<Item>& results, bool is_raw) {
  Leaf out{uri, {}};
  if (results.empty()) return out;   // a Status 200 without Results: the value is empty
  const auto& item = results.front();
  out.value = item.data.value_or("");
  out.type = item.meta.format;
  if (item.is_base64) {
    if (out.type != "b64") out.type = "bin";
  } else if (out.type == "bin" && (is_raw || !base64_decode(out.value))) {
    out.value = base64_encode(out.value);
  }
  return out;
}

}  // namespace

bool ReadNode::is_there() const { return is_done(status); }

bool ReadNode::is_interior() const { return is_there() && equal_in_any_case(leaf.type, node_format); }

std::vector<std::string> ReadNode::children() const {
  std::vector<std::string> out;
  if (!is_interior()) return out;
  std::set<std::string> seen;
  for (auto& name : steps_of(leaf.value)) {
    if (!is_name(name) || !seen.insert(name).second) continue;
    out.push_back(std::move(name));
    if (out.size() == most_children) break;
  }
  return out;
}

NodeReader::NodeReader(const DmModelOptions& model, std::size_t most_nodes)
    : items_of_get_(std::max<std::size_t>(model.get_items, 1)), most_nodes_(most_nodes), is_raw_(model.raw_binary) {}

bool NodeReader::want(const std::string& uri) {
  if (nodes_.contains(uri)) return true;
  if (too_much_ || nodes_.size() >= most_nodes_) return false;
  nodes_.try_emplace(uri);
  wanted_.push_back(uri);
  return true;
}

/// The names that stand in it come in the order of wanted_.
Commands NodeReader::request() const {
  Commands out;
  std::vector<std::string> batch;
  for (const auto& uri : wanted_) {
    batch.push_back(uri);
    const auto size = asked_again_.contains(uri) ? 1 : items_of_get_;
    if (batch.size() < size && &uri != &wanted_.back()) continue;
    out.push_back(get_of(batch));
    batch.clear();
  }
  return out;
}

void NodeReader::answered(const Answers& answers) {
  auto asked = std::exchange(wanted_, {});
  std::size_t at = 0;
  for (const auto& answer : answers) {
    for (const auto& item : answer.items) {
      if (at < asked.size()) take(asked[at++], item);
    }
  }
  if (too_much_) wanted_.clear();
}

void NodeReader::take(const std::string& uri, const ItemAnswer& answer) {
  auto& node = nodes_[uri];
  node.status = answer.status == 0 && !answer.results.empty() ? 200 : answer.status;
  if (node.status == 0 && asked_again_.insert(uri).second) {
    wanted_.push_back(uri);
    return;
  }
  node.leaf = leaf_of(uri, answer.results, is_raw_);
  node.is_known = true;
  octets_ += uri.size() + node.leaf.value.size();
  too_much_ = too_much_ || octets_ > most_octets;
}

const ReadNode* NodeReader::find(const std::string& uri) const {
  const auto found = nodes_.find(uri);
  return found == nodes_.end() || !found->second.is_known ? nullptr : &found->second;
}

}  // namespace nscl::rem::omadm
