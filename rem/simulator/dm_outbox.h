// SPDX-License-Identifier: Apache-2.0
// What a DM client has to say, message by message: as much in each as the server takes, and large objects in chunks (rem.md 3.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include <nscl/rem/omadm/syncml.h>

namespace nscl::rem::simulator {

class DmOutbox {
 public:
  /// `alert`: number of the generic alert that it is; 0: none.
  void add(omadm::BodyElement element, std::uint64_t alert = 0) { waiting_.push_back({std::move(element), alert}); }
  bool empty() const { return waiting_.empty(); }
  void clear() {
    waiting_.clear();
    is_cut_ = false;
  }

  struct Entry {
    omadm::BodyElement element;
    std::uint64_t alert = 0;
  };
  /// For the next message, without ids: `room` octets at most, but one element at least. `may_cut`: a result that is too long is cut, else it
  /// goes whole.
  std::vector<Entry> take(std::size_t room, bool may_cut);

 private:
  std::optional<Entry> cut(Entry& entry, std::size_t room);

  std::deque<Entry> waiting_;
  bool is_cut_ = false;   ///< the first is what is left of something
};

}  // namespace nscl::rem::simulator
