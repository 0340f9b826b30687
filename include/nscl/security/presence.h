// SPDX-License-Identifier: Apache-2.0
// Presence: from which addresses a key is in use. A key that is in two places at once may have been copied (security.md 5.5, T19).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace nscl::security {

/// Thread-safe. It holds no more than there are connections.
class Presence {
 public:
  /// One connection with a key. Lives no longer than the Presence.
  class Stay {
   public:
    Stay(Presence& presence, std::string identity, std::string address);
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay();

    /// True if the key was in use from another address when this connection came.
    bool came_second() const { return came_second_; }

   private:
    Presence& presence_;
    const std::string identity_, address_;
    bool came_second_ = false;
  };

 private:
  using Counts = std::map<std::string, unsigned, std::less<>>;   ///< connections from each address

  std::mutex mutex_;
  std::map<std::string, Counts, std::less<>> keys_;
};

}  // namespace nscl::security
