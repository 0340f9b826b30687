// SPDX-License-Identifier: Apache-2.0
// ResponseReader: octets of a peer -> WebAnswer, without I/O. As strict about framing as the listener is with requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/net/web_client.h>

#include "chunk_decoder.h"

namespace nscl::net {

/// Reads the answer to one request. Once it is done or has failed it takes nothing more.
class ResponseReader {
 public:
  ResponseReader(Method asked, std::size_t head_limit, std::size_t body_limit);

  /// Takes what it can and returns the octets it has used; the others are to be offered again with what follows them.
  std::size_t take(std::string_view input);
  /// The peer has ended the stream: the end of a body without length, else a failure.
  void end_of_stream();

  bool has_begun() const { return has_begun_; }   ///< any octet has come
  bool is_done() const { return state_ == State::done && !failure_; }
  const std::optional<WebFailure>& failure() const { return failure_; }
  /// Whether the connection may carry a further request.
  bool may_keep_connection() const { return is_done() && keep_alive_; }
  WebAnswer& answer() { return answer_; }

 private:
  enum class State { status_line, fields, sized_body, chunked_body, endless_body, done };

  std::size_t take_head(std::string_view input);
  std::size_t take_body(std::string_view input);
  void status_line(std::string_view line);
  void field_line(std::string_view line);
  void framing_field(std::string_view name, std::string_view value);
  void connection_field(std::string_view value);
  void end_head();
  void begin_body();
  void drop_connection_fields();
  bool has_no_body() const;
  void fail(WebFailure::Kind kind, std::string_view detail);
  bool judge(const HeadVerdict& verdict);   ///< false: it was a failure

  const Method asked_;
  const std::size_t head_limit_, body_limit_;
  State state_ = State::status_line;
  bool has_begun_ = false;
  std::size_t interim_ = 0;   ///< answers 1xx so far
  std::optional<WebFailure> failure_;
  WebAnswer answer_;

  // of the head in progress
  std::size_t head_octets_ = 0;
  bool is_http_1_0_ = false;
  std::optional<std::uint64_t> length_;
  bool is_chunked_ = false, has_type_ = false;
  std::vector<std::string> connection_tokens_;   ///< lower case
  bool keep_alive_ = false;

  std::size_t remaining_ = 0;   ///< of a sized body
  std::optional<ChunkDecoder> chunks_;
};

}  // namespace nscl::net
