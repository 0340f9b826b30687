// SPDX-License-Identifier: Apache-2.0
// Looking for names by GetParameterNames.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nscl/rem/tr069/model_options.h>
#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::tr069 {

/// Asks for the names in the objects that leaves are right in, before the device is asked for the leaves: some clients die of a name
/// that they do not know (rem.md 4.9 rows 7 and 8). What the model does not let ask for is taken to be there.
class Naming {
 public:
  Naming() = default;
  Naming(std::vector<std::string> names, const ModelOptions& model);

  bool finished() const { return objects_.empty(); }
  Message request() const { return GetParameterNames{object(), true}; }
  const std::string& object() const { return *objects_.begin(); }   ///< that is being asked for

  /// What is in the object; nothing: it is not there.
  void answered(const std::vector<ParameterInfoStruct>& listed);

  /// Those that were not found, in the order in which they were wanted.
  const std::vector<std::string>& unknown() const { return names_; }

 private:
  std::set<std::string> objects_;    ///< still to be asked for
  std::vector<std::string> names_;   ///< not found yet
};

}  // namespace nscl::rem::tr069
