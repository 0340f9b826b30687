// SPDX-License-Identifier: Apache-2.0
// IntegrityRule: what the operator decides about the integrity of devices ([integrity] in docs/configuration.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nscl::security {

/// off: results are taken as they are and mean nothing. record: they are judged and kept, and nobody is refused.
enum class IntegrityMode : unsigned char { off, record, enforce };

struct IntegrityRule {
  IntegrityMode mode = IntegrityMode::off;
  std::vector<std::string> exempt;   ///< ids of SCLs that do not validate themselves; * and ? stand for others
  std::size_t history = 100;         ///< results kept of each SCL; at least 1
};

}  // namespace nscl::security
