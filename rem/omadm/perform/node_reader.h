// SPDX-License-Identifier: Apache-2.0
// Reading many nodes by Get.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "commands.h"

namespace nscl::rem::omadm {

/// What a device answered to the Get of a node or of a property.
struct ReadNode {
  int status = 0;
  Leaf leaf;                             ///< path: the URI; type: the Format
  bool is_known = false;                 ///< it was answered
  bool is_there() const;
  bool is_interior() const;
  bool is_leaf() const { return is_there() && !is_interior(); }
  /// Names below an interior node, each once, the first 1,024 of them.
  std::vector<std::string> children() const;
};

/// Knows nodes, and asks for those that are wanted. One that gets no status is asked for once more, alone: it may have been too much at once.
class NodeReader {
 public:
  explicit NodeReader(const DmModelOptions& model = {}, std::size_t most_nodes = 8192);

  /// False: it cannot be, as too many are.
  bool want(const std::string& uri);
  void limit_to(std::size_t most_nodes) { most_nodes_ = most_nodes; }
  bool finished() const { return wanted_.empty(); }
  Commands request() const;
  /// One answer for each command of request(), with one for each of its items.
  void answered(const Answers& answers);

  /// Null: not read.
  const ReadNode* find(const std::string& uri) const;
  bool is_too_much() const { return too_much_; }   ///< more than 8 MiB: nothing more is read

 private:
  void take(const std::string& uri, const ItemAnswer& answer);

  std::size_t items_of_get_, most_nodes_;
  bool is_raw_;                          ///< what has Format bin are octets, though they may look like base64
  std::vector<std::string> wanted_;
  std::set<std::string> asked_again_;
  std::map<std::string, ReadNode> nodes_;
  std::size_t octets_ = 0;
  bool too_much_ = false;
};

}  // namespace nscl::rem::omadm
