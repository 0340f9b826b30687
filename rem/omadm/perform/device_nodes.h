// SPDX-License-Identifier: Apache-2.0
// The nodes of a device as discovery finds them: what is not known is noted down to be read.
#pragma once

#include <string>
#include <vector>

#include "node_reader.h"

namespace nscl::rem::omadm {

class DeviceNodes {
 public:
  /// `expected`: names of nodes below the root, for a device that does not list it.
  DeviceNodes(const DmModelOptions& model, std::vector<std::string> expected);

  NodeReader& reader() { return reader_; }

  /// A search among all nodes may take half of what may be read, so that something is left for what is wanted.
  void is_search(bool searching);

  /// Null: it has to be read first, or is one too many.
  const ReadNode* find(const std::string& uri);
  /// The Type of a node as it stands; "": the device does not tell. Null as above.
  const std::string* type_of(const std::string& uri);

  bool is_interior(const ReadNode& node) const;
  /// Of an interior node.
  std::vector<std::string> children(const ReadNode& node) const;

 private:
  NodeReader reader_;
  std::vector<std::string> expected_;
};

}  // namespace nscl::rem::omadm
