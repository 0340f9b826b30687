// SPDX-License-Identifier: Apache-2.0
// Pseudonyms: what a receiver is told instead of the requesting entity (TS 102 689 4.19; docs/privacy.md). Two receivers
// cannot tell that they were asked by the same one; each can, for a day. Nothing is kept of them but one secret.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/security/requestor.h>

namespace nscl::security {

/// 32 characters of [0-9a-f], so that it is no option of a command line: what `real` is for `peer` on that day (UTC).
std::string pseudonym(const Secret& secret, std::string_view real, std::string_view peer, std::chrono::sys_days day);

/// Under this name the keystore keeps the secret of this installation.
inline constexpr std::string_view pseudonym_secret_name = "pseudonyms";

class Pseudonyms {
 public:
  /// `principals`: who is anonymous. `secret` may be null if there are none.
  Pseudonyms(const Clock& clock, std::vector<std::string> principals, std::shared_ptr<const Secret> secret);

  /// True if others must not be told who asks. What this SCL asks itself is not hidden.
  bool hides(const Requestor& requestor) const { return !requestor.entity.empty() && principals_.contains(requestor.principal); }
  /// The entity as `peer` (a path of this tree, or a URI) is to see it: "pseudonyms/<32 characters>" today, or its own if it is
  /// not hidden.
  std::string entity_for(std::string_view peer, const Requestor& requestor) const;

 private:
  const Clock& clock_;
  const std::set<std::string, std::less<>> principals_;
  const std::shared_ptr<const Secret> secret_;
};

/// Who was meant by a pseudonym, to whom it was told and when.
struct Unmasked {
  std::string real, peer;
  std::chrono::sys_days day;
};

/// Tries each of `entities` with each of `peers` on the last `days` days up to `today`; nullopt if it was none of them.
std::optional<Unmasked> unmask(const Secret& secret, std::string_view name, const std::set<std::string>& entities, const std::set<std::string>& peers,
                               std::chrono::sys_days today, unsigned days);

}  // namespace nscl::security
