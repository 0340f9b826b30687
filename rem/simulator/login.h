// SPDX-License-Identifier: Apache-2.0
// How a device proves who it is to an HTTP server, and the cookies it is given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/net/web_client.h>
#include <nscl/security/digest_client.h>

#include "habits.h"

namespace nscl::rem::simulator {

/// Path and query of an absolute URI, as they stand in the request line.
std::string target_of(std::string_view uri);

class Login {
 public:
  explicit Login(const Habits& habits) : habits_(habits) {}

  /// With an empty password nothing is proven.
  void begin_session(std::string user, Secret password);
  /// Adds Authorization and Cookie. `is_inform`: the first message with content.
  void sign(net::WebCall& call, bool is_inform);
  /// After an answer with 401: whether it makes sense to send the same again.
  bool take_challenge(const net::WebAnswer& answer);
  void take_cookies(const net::WebAnswer& answer);

 private:
  std::string authorization(const net::WebCall& call);

  const Habits& habits_;
  std::string user_;
  Secret password_;
  std::optional<security::DigestChallenge> digest_;
  std::uint32_t count_ = 0;
  bool sends_basic_ = false;
  unsigned refusals_ = 0;   ///< one after the other
  std::vector<std::pair<std::string, std::string>> cookies_;
};

}  // namespace nscl::rem::simulator
