// SPDX-License-Identifier: Apache-2.0
// PasswordChange: the passwords in the account that a device has for this server are replaced, and nothing else of it (rem.md 3.7).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nscl/base/secret.h>
#include <nscl/rem/omadm/performance.h>

namespace nscl::rem::omadm {

struct PasswordChange {
  enum class End : unsigned char {
    open,       ///< it is not known, or the device wants to be asked another time
    taken,
    refused,    ///< for good
  };
  std::string server_id;            ///< whose account it is: its ServerID
  std::optional<Secret> client;     ///< that the device is to show; nothing: it stays
  std::optional<Secret> server;     ///< that this server is to show there; likewise
  End client_end = End::open, server_end = End::open;
  std::string why = {};             ///< it refuses: "OMA-DM 425 Permission denied: ./DMAcc/1/AppAuth/1/AAuthSecret"
};

/// Finds the account and sets the passwords, in an Atomic where the model has it. `change` outlives it, and is told how it ends; the Report
/// says nothing.
std::unique_ptr<DmPerformance> perform_password_change(PasswordChange& change, DmSituation situation);

}  // namespace nscl::rem::omadm
