// SPDX-License-Identifier: Apache-2.0
// Refusals: whom the server turned away, counted in a table of fixed size. The first of a kind is told at once, the rest of
// its minute as a number. Any thread; a note costs a hash and a lock that is never held for long.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::security {

/// Refusals of one kind that are to be recorded.
struct Refused {
  std::string event;       ///< "auth.failed", "identity.mismatch"
  std::string principal;   ///< whom the peer claimed to be, cut; empty with `is_rest`
  std::string source;      ///< its address
  std::uint64_t count = 0;
  bool is_first = false;   ///< the first of its minute; else those that followed
  bool is_rest = false;    ///< of many kinds together, for which the table had no room
};

class Refusals {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kinds = 128;                  ///< told apart in a minute; the rest is one number
  static constexpr std::size_t longest_name = 128;
  static constexpr std::chrono::seconds span{60};

  void note(std::string_view event, std::string_view principal, std::string_view source, Clock::time_point now = Clock::now());

  /// What is to be recorded by now. `all`: the counts of minutes that have not ended too, as the server stops.
  std::vector<Refused> take(Clock::time_point now = Clock::now(), bool all = false);

 private:
  struct Row {
    std::string event, principal, source;
    Clock::time_point since{};
    std::uint64_t count = 0;      // not yet taken
    bool is_used = false;
    bool is_told = false;         // the first was taken
  };
  Row* find(std::string_view event, std::string_view principal, std::string_view source);

  std::mutex mutex_;
  std::array<Row, kinds> rows_{};
  Row rest_;
};

}  // namespace nscl::security
