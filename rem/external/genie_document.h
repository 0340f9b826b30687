// SPDX-License-Identifier: Apache-2.0
// Documents of GenieACS's collection "devices": what a device is, and what it has. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <nscl/rem/external_acs.h>

namespace nscl::rem {

/// What has to be in the projection for external_device_of().
const std::vector<std::string>& identity_projection();

/// Nothing: its id is not of the form OUI-ProductClass-Serial.
std::optional<ExternalDevice> external_device_of(const nlohmann::json& document);

/// What a document shows of a device. Bounded: 4096 leaves, and as many objects.
struct GenieTree {
  std::vector<Leaf> leaves;
  std::vector<std::string> objects;    ///< each ending in a dot, parents first
  std::vector<std::string> writable;
};
GenieTree tree_of(const nlohmann::json& document, std::string_view root);

/// How a task ended that is gone without a fault, as the document shows it afterwards.
Report report_of_document(const Assignment& assignment, const nlohmann::json& document, std::string_view root);

/// The instance that the task has made: the one that was not known before, and that has the values. Nothing: there is none. conflict: it cannot be
/// told which of several.
Result<std::optional<std::string>> made_instance(const AddInstance& task, const GenieTree& tree);

}  // namespace nscl::rem
