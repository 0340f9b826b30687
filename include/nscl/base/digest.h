// SPDX-License-Identifier: Apache-2.0
// Sha256: SHA-256 of what comes piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace nscl {

class Sha256 {
 public:
  /// Throws std::runtime_error if the library refuses, as do the others.
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view octets);
  /// The 32 octets. Nothing can be added afterwards.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl
