// SPDX-License-Identifier: Apache-2.0
// Deployment units of a device, to see whether a ChangeDUState has been carried out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/task.h>
#include <nscl/rem/tr069/parameters.h>

#include "value_reader.h"

namespace nscl::rem::tr069 {

struct UnitOperation {
  std::string kind;   ///< "Install", "Update", "Uninstall"
  std::string uuid, url, version;
};

/// Of a command CHANGEDUSTATE; none of others.
std::vector<UnitOperation> operations_of(const Command& command);

/// The object with an instance for each deployment unit.
std::string unit_table(std::string_view root);

/// The paths of the units in a list of the table.
std::vector<std::string> units_in(std::string_view root, const std::vector<ParameterInfoStruct>& listed);

/// The names to read of them: of 64 at most.
std::vector<std::string> unit_leaves(const std::vector<std::string>& units);

/// True if what was read of the units shows that all the operations have been carried out. An update without a version cannot be
/// seen, nor anything if some unit could not be read.
bool are_done(const std::vector<UnitOperation>& operations, const std::vector<std::string>& units, const ValueReader& read);

}  // namespace nscl::rem::tr069
