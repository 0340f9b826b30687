// SPDX-License-Identifier: Apache-2.0
// WebResponse -> octets, appended to one contiguous buffer.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include <nscl/net/web.h>

namespace nscl::net {

/// The fields that every answer has, Date and Server, made anew once a second. One per I/O thread.
class CommonFields {
 public:
  std::string_view text();

 private:
  std::time_t second_ = -1;
  std::string text_;
};

enum class Persistence { keep, keep_http_1_0, close };

/// Appends the head of `response`, up to and with the empty line. A control character in a value becomes a blank.
void append_response_head(std::string& out, const WebResponse& response, Persistence persistence, std::string_view common_fields);

/// The octets that follow the head (unless the request was a HEAD), where they are not streamed.
std::string_view body_of(const WebResponse& response);
/// How many they are, streamed or not.
std::uint64_t body_size_of(const WebResponse& response);

}  // namespace nscl::net
