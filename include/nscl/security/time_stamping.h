// SPDX-License-Identifier: Apache-2.0
// Time stamping as a service: who may ask for it, how often, and what does it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nscl/security/allowance.h>
#include <nscl/security/requestor.h>
#include <nscl/security/timestamp.h>

namespace nscl::security {

/// Operators, and the principals that were named; for everybody else there is no such service.
class StampUsers {
 public:
  static constexpr Rate rate{10, 10};   ///< of each

  explicit StampUsers(std::vector<std::string> principals) : principals_(std::move(principals)) {}

  bool has(const Requestor& requestor) const;
  /// Zero: it may have a time stamp. Else the time after which to come again.
  std::chrono::nanoseconds take(const Requestor& requestor, Meter::Clock::time_point now = Meter::Clock::now());

 private:
  const std::vector<std::string> principals_;
  std::mutex mutex_;
  std::map<std::string, Meter, std::less<>> meters_;   // by principal; only of those that may ask, so they are few
};

struct TimeStamping {
  struct Options {
    std::string certificate, private_key;   ///< files in PEM; both empty: no authority
    std::vector<std::string> principals;    ///< who may ask beside the operators
    TimeStamper::Options stamper;
  };
  /// Throws std::runtime_error with a text for the operator if a file cannot be used.
  TimeStamping(const Options& options, store::Store& store, const Clock& clock);

  StampUsers users;
  const std::unique_ptr<TimeStamper> stamper;   ///< null: not configured
};

}  // namespace nscl::security
