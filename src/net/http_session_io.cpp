// SPDX-License-Identifier: Apache-2.0
// The session's way to its connection: opening, reading, writing, and the end.
#include "http_session.h"

#include <algorithm>

#include <nscl/base/secret.h>

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using Clock = Connection::Clock;

constexpr auto linger_time = std::chrono::seconds{2};
constexpr std::size_t linger_octets = 256 * 1024;   ///< beyond a body, read and dropped before the end

}  // namespace

void HttpSession::trim(std::string& text) {
  text.clear();
  if (text.capacity() > kept_memory) text.shrink_to_fit();
}

Task<void> HttpSession::open() {
  begin_wait(Clock::now() + context_.options.tls.handshake_time, Phase::opening);
  const auto error = co_await connection_->open();
  const auto* const peer = connection_->tls_peer();
  if (peer != nullptr) session_end_ = peer->ends;
  if (end_wait(error)) context_.figures.failed_handshakes.fetch_add(1, std::memory_order_relaxed);
}

/// Reads on, when no whole head is in the buffer.
Task<void> HttpSession::fill() {
  const bool is_idle = buffered().empty();
  if (is_idle && context_.stopping) ending_ = true;
  if (is_ending()) co_return;
  if (is_idle && input_.capacity() > kept_memory) {
    input_.shrink_to_fit();
    read_size_ = first_read;
  }
  if (!is_idle && head_deadline_ == Clock::time_point::max()) head_deadline_ = Clock::now() + context_.options.head_time;
  const auto deadline = is_idle ? idle_deadline() : head_deadline_;
  const auto room = std::min(read_size_, input_.max_size() - input_.size());
  const auto phase = is_idle ? Phase::idle : Phase::receiving;
  const std::size_t received = co_await read(input_.prepare(room), deadline, phase);
  input_.commit(received);
  if (received == read_size_) read_size_ *= 2;
}

Clock::time_point HttpSession::idle_deadline() const {
  const auto time = idle_time_.count() != 0 ? idle_time_ : context_.options.idle_time;
  return std::min(Clock::now() + time, session_end_);
}

/// True if nothing of the next request is there, and the connection can wait for it without a buffer.
bool HttpSession::should_wait() const {
  return connection_->gives_up_buffers() && buffered().empty() && !is_ending() && !context_.stopping && connection_->is_quiet();
}

/// A session that waits so holds little more than itself.
Task<Connection::WaitResult> HttpSession::begin_idle(Clock::time_point deadline) {
  input_.clear();
  input_.shrink_to_fit();
  read_size_ = first_read;
  for (auto* const text : {&output_, &kept_head_, &body_}) std::string().swap(*text);
  parsed_.reset();
  begin_wait(deadline, Phase::idle);
  return connection_->wait();
}

void HttpSession::begin_wait(Clock::time_point deadline, Phase phase) {
  phase_ = phase;
  connection_->deadline = deadline;
}

/// True if the connection ended, or the time it had.
bool HttpSession::end_wait(const boost::system::error_code& error) {
  begin_wait(Clock::time_point::max(), Phase::handling);
  broken_ = timed_out_ || error;
  return broken_;
}

/// Octets read; 0 if the session ends here.
Task<std::size_t> HttpSession::read(asio::mutable_buffer into, Clock::time_point deadline, Phase phase) {
  if (!output_.empty()) co_await flush();
  if (broken_) co_return 0;
  phase_ = phase;
  connection_->deadline = deadline;
  const auto [error, octets] = co_await connection_->read_some(into);
  connection_->deadline = Clock::time_point::max();
  phase_ = Phase::handling;
  if (timed_out_ && phase == Phase::receiving) {
    refuse(408, "the request did not arrive in time");
    co_return 0;
  }
  broken_ = timed_out_ || error;
  co_return octets;
}

/// Nearly always the socket takes everything at once, and then nobody has to wait; false if something is left.
bool HttpSession::flush_now() {
  if (!output_.empty() && !broken_) output_.erase(0, connection_->write_now(asio::buffer(output_)));
  if (!output_.empty()) return false;
  trim(output_);
  return true;
}

Task<void> HttpSession::flush(bool wipes) {
  if (output_.empty()) co_return;
  if (!broken_) co_await write(output_);
  if (wipes) wipe(output_);
  trim(output_);
}

Task<void> HttpSession::write(std::string_view octets) {
  if (broken_) co_return;
  phase_ = Phase::writing;
  connection_->deadline = Clock::now() + context_.options.write_time;
  const auto error = co_await connection_->write(asio::buffer(octets));
  connection_->deadline = Clock::time_point::max();
  phase_ = Phase::handling;
  if (error) broken_ = true;
}

/// Closing a socket with unread input would reset the connection, and the reset may overtake the last answer: so our
/// end is shut first, and what still comes is dropped, within bounds.
Task<void> HttpSession::linger() {
  connection_->shutdown();
  phase_ = Phase::lingering;
  connection_->deadline = Clock::now() + linger_time;
  input_.clear();
  const auto scratch = input_.prepare(first_read);
  for (std::size_t dropped = 0; dropped < context_.options.body_limit + linger_octets;) {
    const auto [error, octets] = co_await connection_->read_some(scratch);
    if (error) break;
    dropped += octets;
  }
}

}  // namespace nscl::net
