// SPDX-License-Identifier: Apache-2.0
// A device's tree for tests, which does what it is told as DM clients do, and a performance that is played against it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nscl/rem/omadm/performance.h>

namespace nscl::rem::omadm {

using Texts = std::vector<std::string>;

inline const std::string our_key = "e123";

/// "Get ./A ./B", "Replace ./A chr 1", "Add ./N node ", "Delete ./N", "Exec ./X e123 data", "Atomic(Replace ./A chr 1, ...)".
std::string text_of(const CommandElement& command);

struct TreeNode {
  std::string format, value;
  std::string type = {};                       ///< of ?prop=Type; empty: 406
};

using Nodes = std::map<std::string, TreeNode>;

class NodeTree {
 public:
  /// Nodes by their URIs; those above them come by themselves.
  explicit NodeTree(const Nodes& nodes);

  /// The Type of an interior node.
  NodeTree& is(const std::string& uri, std::string type);

  std::vector<CommandAnswer> take(const std::vector<CommandElement>& commands);

  Nodes nodes;
  std::map<std::string, int> refuses;          ///< "Replace ./A" -> 425; to "Atomic" -> its own status
  std::map<std::string, int> of_exec;          ///< statuses of nodes that may be run
  bool rolls_back = false;                     ///< an Atomic whose command fails

 private:
  ItemAnswer do_one(const CommandElement& command, const Item& item);
  ItemAnswer get(const std::string& uri) const;
  int add(const Item& item);
  void put(const std::string& uri, TreeNode node);
  CommandAnswer do_atomic(const CommandElement& atomic);
};

/// The performance of a task, against a tree.
class Play {
 public:
  explicit Play(Task task) { assignment.task = std::move(task), assignment.key = our_key; }

  /// The same task in the next session: how it ended in the one before is not known.
  Play& again() {
    assignment.may_have_happened = true;
    ++assignment.attempts;
    return *this;
  }
  /// The device answers nothing to a package that has this command in it.
  Play& dies_at(std::string command) { return deadly_ = std::move(command), *this; }

  /// Plays it to its end.
  const Report& with(NodeTree& tree);

  DeviceFacts facts;
  Assignment assignment;
  DmSituation situation{&facts};
  Texts asked;                                 ///< the packages, commands joined by " | "
  Report report;

 private:
  std::string deadly_;
};

void expect_failure(const Report& report, Status status, std::string_view code, std::string_view part = {});

}  // namespace nscl::rem::omadm
