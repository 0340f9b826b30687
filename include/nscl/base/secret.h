// SPDX-License-Identifier: Apache-2.0
// Secret: octets of a key or password. Wiped when they go, moved but not copied, and printed by nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nscl {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view octets);
  explicit Secret(std::size_t size) : octets_(size) {}   ///< zeros, to be filled by data()
  ~Secret();
  Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) { other.octets_.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::string_view view() const { return {reinterpret_cast<const char*>(octets_.data()), octets_.size()}; }
  const unsigned char* data() const { return octets_.data(); }
  unsigned char* data() { return octets_.data(); }
  std::size_t size() const { return octets_.size(); }
  bool empty() const { return octets_.empty(); }

  /// For the few places that must hand octets to a text, such as a wrapped key in a document.
  Secret copy() const { return Secret(view()); }

 private:
  std::vector<unsigned char> octets_;
};

/// `count` octets from the generator that is meant for keys; throws if the system has none.
Secret random_secret(std::size_t count);

/// Overwrites what a text held, and empties it.
void wipe(std::string& text);

}  // namespace nscl
