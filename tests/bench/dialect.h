// SPDX-License-Identifier: Apache-2.0
// What simulated devices of a load say: one implementation for each management protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::bench {

struct LoadFigures {
  std::uint64_t sessions = 0, told_later = 0, refused = 0, broken = 0, rpcs = 0, commands = 0, acknowledged = 0;
  std::vector<float> milliseconds;
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view path() const = 0;
  virtual std::string_view content_type() const = 0;
  /// Messages of a session in which nothing is to be done.
  virtual unsigned posts() const = 0;
  /// The first message of a session; `number`: of the session.
  virtual std::string first(std::size_t device, std::uint64_t number) = 0;
  /// What follows on an answer of 200 to message `posts` of a session; nothing: the session is over.
  virtual std::optional<std::string> next(std::size_t device, unsigned posts, std::string_view answer, LoadFigures& figures) = 0;
};

/// `event`: of each Inform.
std::unique_ptr<Dialect> cwmp_dialect(std::string event);
/// Basic credentials, user and password alike: "bench-0000001".
std::unique_ptr<Dialect> dm_dialect(bool is_wbxml);

/// Seven digits.
std::string digits_of(std::size_t device);

}  // namespace nscl::bench
