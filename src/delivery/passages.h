// SPDX-License-Identifier: Apache-2.0
// Passages: which requests went through which groups lately. It ends loops and bounds what nested groups can multiply to.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include <nscl/base/error.h>
#include <nscl/delivery/fan_out.h>

namespace nscl::delivery {

using Steady = std::chrono::steady_clock;

/// All that happens under one groupRequestIdentifier.
struct Passage {
  std::string identifier;
  Steady::time_point since{};
  std::set<std::uint64_t> groups;      ///< keys of those that it reached
  std::map<std::uint64_t, Steady::time_point> limits;   ///< when a nested group has to answer
  std::size_t bytes = 0;               ///< bodies that visits under way hold
};

class Passages;

/// One group's part of a passage, from its request to its answer.
class Visit {
 public:
  Visit(Passages& passages, std::shared_ptr<Passage> passage, Steady::time_point ends, std::size_t members);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  /// Takes room for a body; false if there is none left.
  bool claim(std::size_t bytes);
  /// A nested group is asked now: its answer has to arrive while this one waits, so it gets a tenth less of the time.
  void expect(std::uint64_t group);
  const std::string& identifier() const { return passage_->identifier; }
  Steady::time_point ends() const { return ends_; }

 private:
  Passages& passages_;
  std::shared_ptr<Passage> passage_;
  Steady::time_point ends_;
  std::size_t members_;
  std::size_t bytes_ = 0;
};

/// For all threads.
class Passages {
 public:
  explicit Passages(const FanOutOptions& options) : options_(options) {}

  /// Group `group`, with so many members, is reached under `identifier` (empty: a new one) and would take until `ends`. Null
  /// if that happened before; forbidden if the identifier has reached too many groups; service_unavailable if too many
  /// members are being asked.
  Result<std::unique_ptr<Visit>> enter(std::string identifier, std::uint64_t group, Steady::time_point ends, std::size_t members);

 private:
  friend class Visit;
  std::shared_ptr<Passage> passage(std::string identifier, Steady::time_point now);
  void forget(Steady::time_point now);

  const FanOutOptions& options_;
  std::mutex mutex_;
  std::size_t members_ = 0;   ///< of the visits under way
  std::list<std::shared_ptr<Passage>> by_age_;
  std::unordered_map<std::string, std::shared_ptr<Passage>> by_identifier_;
};

}  // namespace nscl::delivery
