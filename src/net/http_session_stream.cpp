// SPDX-License-Identifier: Apache-2.0
// Bodies that go through the session piece by piece, so that none of them is in memory whole. Each piece has the time that a whole body
// has otherwise: who is slow is not cut off, who stands still is.
#include <algorithm>

#include "http_session.h"

namespace nscl::net {

namespace asio = boost::asio;
using Clock = Connection::Clock;

bool HttpSession::is_streamed() const {
  const bool has_body = parsed_->is_chunked || parsed_->content_length.value_or(0) != 0;
  return has_body && context_.handler.streams(parsed_->request);
}

Task<void> HttpSession::receive_stream() {
  if (!parsed_->request.sink) refuse(500, "the body has no place to go to");
  if (is_ending() || !reserve(body_piece)) co_return;
  if (parsed_->is_chunked) {
    co_await stream_chunked_body();
  } else if (const auto length = *parsed_->content_length; length > parsed_->request.sink->limit()) {
    refuse(413, "the body is too large");
  } else {
    co_await stream_sized_body(length);
  }
  trim(body_);
  if (is_ending()) parsed_->request.sink.reset();   // what did not arrive whole is given up now, not when the other side leaves
}

Task<void> HttpSession::stream_sized_body(std::uint64_t length) {
  while (length > 0 && !is_ending()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(length, body_piece));
    co_await fill_piece(size);
    if (is_ending()) co_return;
    length -= size;
    co_await hand_over();
  }
}

/// The next `size` octets of the connection, in body_.
Task<void> HttpSession::fill_piece(std::size_t size) {
  const auto deadline = Clock::now() + context_.options.body_time;
  const auto begin = buffered().substr(0, size);
  std::size_t received = begin.size();
  body_.assign(begin);
  body_.resize(size);
  input_.consume(received);
  while (received < size && !is_ending()) received += co_await read(asio::buffer(body_.data() + received, size - received), deadline, Phase::receiving);
}

Task<void> HttpSession::stream_chunked_body() {
  chunks_ = std::make_unique<ChunkDecoder>(static_cast<std::size_t>(parsed_->request.sink->limit()));
  auto deadline = Clock::now() + context_.options.body_time;
  while (!is_ending()) {
    input_.consume(chunks_->decode(buffered(), body_));
    if (const auto& verdict = chunks_->verdict(); verdict.status != 0) {
      refuse(verdict.status, verdict.reason);
      co_return;
    }
    if (body_.size() >= body_piece || chunks_->is_done()) {
      co_await hand_over();
      deadline = Clock::now() + context_.options.body_time;
    }
    if (is_ending() || chunks_->is_done()) co_return;
    const auto room = std::min(body_piece / 4, input_.max_size() - input_.size());
    const std::size_t received = co_await read(input_.prepare(room), deadline, Phase::receiving);
    input_.commit(received);
  }
}

/// Gives body_ to the sink, and empties it.
Task<void> HttpSession::hand_over() {
  phase_ = Phase::handling;
  const auto refusal = co_await parsed_->request.sink->take(body_);
  body_.clear();
  if (refusal.status != 0) refuse(refusal.status, refusal.reason);
}

Task<void> HttpSession::send_stream(WebBody& body) {
  co_await flush();
  const auto size = body.size();
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(size, body_piece)), '\0');
  for (std::uint64_t sent = 0; sent < size && !broken_;) {
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(size - sent, piece.size()));
    const std::size_t octets = co_await body.read(piece.data(), room);
    if (octets != room) {   // the length was promised: only the end of the connection can tell that it is not kept
      broken_ = true;
      co_return;
    }
    co_await write(std::string_view(piece).substr(0, octets));
    sent += octets;
  }
}

}  // namespace nscl::net
