// SPDX-License-Identifier: Apache-2.0
// Refusal: somebody who calls as a device was turned away.
#pragma once

#include <functional>
#include <string_view>

namespace nscl::rem {

struct Refusal {
  std::string_view event;    ///< of the server it called: "acs.login_failed", "acs.identity_mismatch", "acs.second_session"; "dm...."
  std::string_view who;      ///< the name that was claimed
  std::string_view peer;     ///< its address
  std::string_view device;   ///< whose credentials, or identity, these are; empty: not one device's
};
/// Any thread; must not block.
using Refused = std::function<void(const Refusal& refusal)>;

}  // namespace nscl::rem
