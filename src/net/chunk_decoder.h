// SPDX-License-Identifier: Apache-2.0
// ChunkDecoder: the chunked transfer coding (RFC 9112 7.1) without I/O, stricter than the RFC: no trailers, short extensions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/net/head_check.h>

namespace nscl::net {

class ChunkDecoder {
 public:
  explicit ChunkDecoder(std::size_t body_limit) : body_limit_(body_limit) {}

  /// Appends to `body` what `input` holds of it and returns the octets it has used; the others are to be offered again
  /// with what follows them. At most a size line stays unused. `body` may be emptied between calls.
  std::size_t decode(std::string_view input, std::string& body);

  bool is_done() const { return state_ == State::done; }
  /// Status other than 0: the coding is broken or a limit is passed.
  const HeadVerdict& verdict() const { return verdict_; }

 private:
  enum class State { size_line, data, data_end, last_line, done };

  std::size_t size_line(std::string_view input);
  std::size_t data(std::string_view input, std::string& body);
  std::size_t line_end(std::string_view input, State next);
  void begin_chunk(std::uint64_t size);
  std::size_t fail(unsigned status, std::string_view reason);

  const std::size_t body_limit_;
  State state_ = State::size_line;
  std::size_t remaining_ = 0;   ///< of the chunk in progress
  std::size_t chunks_ = 0;
  std::size_t total_ = 0;       ///< octets of the body until now, whoever has them
  std::size_t framing_ = 0;     ///< octets that were not body
  HeadVerdict verdict_;
};

}  // namespace nscl::net
