// SPDX-License-Identifier: Apache-2.0
// Where a device has its management objects: by the Types of its nodes, or by their names where it does not tell Types (rem.md 2.3).
#pragma once

#include <string>
#include <vector>

#include <nscl/rem/modelled_object.h>

#include "device_nodes.h"

namespace nscl::rem::omadm {

/// Looks for objects of some models among the nodes down to depth 3. Goes over what is known, wants what is missing, and is to be called
/// again when that has been read, until nothing is missing.
class ModelSearch {
 public:
  explicit ModelSearch(std::vector<std::string> urns) : urns_(std::move(urns)) {}

  std::vector<ModelledObject> look(DeviceNodes& nodes) const;

 private:
  struct Place;
  void visit(DeviceNodes& nodes, const Place& place, std::vector<ModelledObject>& found) const;
  const std::string* named(std::string_view type) const;
  const std::string* usual(const Place& place, const std::vector<std::string>& children) const;

  std::vector<std::string> urns_;
};

}  // namespace nscl::rem::omadm
