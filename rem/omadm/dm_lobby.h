// SPDX-License-Identifier: Apache-2.0
// DmLobby: devices that have not proved yet who they are. They hold no place among the sessions, so that nobody keeps a device out by
// calling as it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nscl/rem/omadm/dialogue.h>

namespace nscl::rem::omadm {

struct DmVisit {
  explicit DmVisit(Dialogue talk) : dialogue(std::move(talk)) {}
  Dialogue dialogue;
  std::string nonce;         ///< of our last challenge; empty: there was none
  unsigned messages = 0;
};

/// Any thread. A visit that was taken out is nobody else's until it is put back.
class DmLobby {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  /// At most so many visits, each for so long while nothing comes; and tokens for so long: as sessions last.
  DmLobby(std::size_t most, std::chrono::seconds idle, std::chrono::seconds token_life, Now now = Clock::now)
      : most_(most), idle_(idle), token_life_(token_life), now_(std::move(now)) {}

  /// Null: there is none.
  std::unique_ptr<DmVisit> take(const std::string& token);
  /// False: there are too many, and it is forgotten.
  bool put(std::unique_ptr<DmVisit> visit);

  /// For devices that do not heed RespURI: the token of a session, told by what its messages say and where they come from; empty: none.
  std::string token_of(const SyncHdr& header, std::string_view peer) const;
  void note(const Dialogue& dialogue, std::string_view peer);

  /// Forgets who says nothing any more. To be called every second or so.
  void sweep();

 private:
  struct Waiting {
    std::unique_ptr<DmVisit> visit;
    Clock::time_point since{};
  };
  struct Token {
    std::string text;
    Clock::time_point since{};
  };
  const std::size_t most_;
  const std::chrono::seconds idle_, token_life_;
  const Now now_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Waiting> visits_;
  std::unordered_map<std::string, Token> tokens_;
};

}  // namespace nscl::rem::omadm
