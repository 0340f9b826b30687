// SPDX-License-Identifier: Apache-2.0
// ModelledObject: where a management object of OMA-DM is on a device (rem.md 2.3).
#pragma once

#include <string>

namespace nscl::rem {

/// An object that tells of which model it is.
struct ModelledObject {
  std::string urn;      ///< "urn:oma:mo:oma-fumo:1.0"
  std::string object;   ///< "./FUMO/1/"
  bool operator==(const ModelledObject&) const = default;
};

}  // namespace nscl::rem
