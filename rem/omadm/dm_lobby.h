// SPDX-License-Identifier: Apache-2.0
// DmLobby: devices that have not proved yet who they are. They hold no place among the sessions, so that nobody keeps a device out by
// calling as it.
#pragma once

#include <chrono>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <nscl/rem/omadm/dialogue.h>

namespace nscl::rem::omadm {

struct DmVisit {
  explicit DmVisit(Dialogue talk) : dialogue(std::move(talk)) {}
  Dialogue dialogue;
  std::string nonce;         ///< of our last challenge; empty: there was none
  unsigned messages = 0;
};

/// A bounded number of values by their keys: the oldest gives way to a new one.
template <class Value>
class Newest {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Newest(std::size_t most) : most_(most) {}

  void put(std::string key, Value value, Time now) {
    take(key);
    if (by_key_.size() >= most_) take(std::string(entries_.front().key));
    entries_.push_back({std::move(key), std::move(value), now});
    by_key_.emplace(entries_.back().key, std::prev(entries_.end()));
  }
  std::optional<Value> take(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    const auto entry = found->second;
    auto value = std::move(entry->value);
    by_key_.erase(found);
    entries_.erase(entry);
    return value;
  }
  const Value* find(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->value;
  }
  /// Those that were put before `time`, and of which `is_over`. The others are as new, so that not all are looked at each time.
  template <class Over>
  void forget(Time time, Time now, Over is_over) {
    while (!entries_.empty() && entries_.front().since < time) {
      auto& oldest = entries_.front();
      if (is_over(oldest.value)) {
        take(std::string(oldest.key));
      } else {
        oldest.since = now;
        entries_.splice(entries_.end(), entries_, entries_.begin());
      }
    }
  }

 private:
  struct Entry {
    std::string key;
    Value value;
    Time since;
  };
  const std::size_t most_;
  std::list<Entry> entries_;   ///< the oldest first
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_key_;
};

/// Any thread. A visit that was taken out is nobody else's until it is put back.
class DmLobby {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  using InSession = std::function<bool(const std::string& token)>;
  /// At most so many visits, each for so long while nothing comes. Beyond, the oldest is forgotten: who floods the lobby keeps nobody out.
  DmLobby(std::size_t most, std::chrono::seconds idle, Now now = Clock::now) : idle_(idle), now_(std::move(now)), visits_(most), tokens_(tokens_of_a_visit * most) {}

  /// Null: there is none.
  std::unique_ptr<DmVisit> take(const std::string& token);
  void put(std::unique_ptr<DmVisit> visit);

  /// For devices that do not heed RespURI: the token of a visit or session, told by what its messages say and where they come from; empty: none.
  std::string token_of(const SyncHdr& header, std::string_view peer) const;
  void note(const Dialogue& dialogue, std::string_view peer);

  /// Forgets who says nothing any more, and the tokens of what is over. To be called every second or so.
  void sweep(const InSession& is_in_session);

 private:
  static constexpr std::size_t tokens_of_a_visit = 8;   ///< sessions that are over are known for a while too

  const std::chrono::seconds idle_;
  const Now now_;
  mutable std::mutex mutex_;
  Newest<std::unique_ptr<DmVisit>> visits_;
  Newest<std::string> tokens_;
};

}  // namespace nscl::rem::omadm
