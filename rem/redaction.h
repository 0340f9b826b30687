// SPDX-License-Identifier: Apache-2.0
// Redaction: what is written of a message that is to be shown, and not sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>

namespace nscl::rem {

/// In place of what is not shown.
inline constexpr const char* hidden = "(hidden)";

/// Of one session: what was hidden once is hidden wherever it comes again, as devices repeat in faults and statuses what they were sent.
class Redaction {
 public:
  /// `most`: octets of one message, about.
  explicit Redaction(std::size_t most) : most_(most) {}

  std::size_t most() const { return most_; }
  /// The text of an element called `name`, or of the parameter called so; at most most() octets.
  std::string shown(std::string_view name, std::string_view text);
  /// In place of a secret, which is remembered.
  std::string_view hide(std::string_view secret);

 private:
  bool holds_known(std::string_view text) const;

  const std::size_t most_;
  std::vector<Secret> known_;
};

}  // namespace nscl::rem
