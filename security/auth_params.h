// SPDX-License-Identifier: Apache-2.0
// An Authorization field of the form "Scheme name=value, name="value"" (RFC 9110 11.2), read strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::security {

/// What stands behind "Scheme " (in any case) in the field; nullopt for another scheme. `scheme` is in lower case.
std::optional<std::string_view> behind_scheme(std::string_view field, std::string_view scheme);

class AuthParams {
 public:
  static constexpr std::size_t longest_field = 4096, most = 20;

  /// nullopt unless the field has this scheme, at most 4096 octets and 20 parameters, each name once (in any case), no empty
  /// element, and no control character in a value.
  static std::optional<AuthParams> parse(std::string_view field, std::string_view scheme);

  struct Param {
    std::string name;    ///< in lower case
    std::string value;   ///< without quotes and escapes
    bool is_quoted = false;
  };
  /// Null if there is none of this name (in lower case).
  const Param* find(std::string_view name) const;
  /// The value in whichever form; empty if there is none.
  std::string_view text(std::string_view name) const;
  const std::vector<Param>& all() const { return all_; }

 private:
  std::vector<Param> all_;
};

}  // namespace nscl::security
