// SPDX-License-Identifier: Apache-2.0
// The conversation: whatever requests are complete in the buffer are answered, their answers leave in one write, and
// only then more is read.
#include "http_session.h"

#include <algorithm>
#include <exception>

#include <nscl/base/log.h>
#include <nscl/base/unexpected.h>

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using Clock = Connection::Clock;

constexpr std::size_t unasked_body = 64 * 1024;     ///< larger bodies are read only after admit()
constexpr std::size_t longest_head = 4 * 1024;        ///< of an answer that is a secret
constexpr std::size_t gathered_output = 64 * 1024;  ///< answers are gathered up to this size

bool is_continue_expected(const ParsedHead& parsed) { return !parsed.request.expect.empty() && !parsed.is_http_1_0; }

bool is_continue(std::string_view value) {
  constexpr std::string_view expected = "100-continue";
  return std::equal(value.begin(), value.end(), expected.begin(), expected.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

HttpSession::HttpSession(SessionContext& context, std::unique_ptr<Connection> connection)
    : context_(context),
      connection_(std::move(connection)),
      input_(std::max(context.options.pipelined, context.options.head.head + first_read)),
      read_size_(first_read) {}

HttpSession::~HttpSession() { context_.bytes_in_flight.fetch_sub(reserved_, std::memory_order_relaxed); }

void HttpSession::expire() {
  connection_->deadline = Clock::time_point::max();
  timed_out_ = true;
  if (phase_ == Phase::receiving) {
    connection_->cancel();
  } else {
    connection_->close();
  }
}

void HttpSession::close_if_idle() {
  if (phase_ == Phase::idle || phase_ == Phase::opening) connection_->close();
}

void HttpSession::close_after_answer() {
  ending_ = true;
  if (phase_ != Phase::handling) connection_->close();
}

bool HttpSession::is_outdated(const Listener::KeyChanges& changes) const {
  const auto* const peer = connection_->tls_peer();
  if (peer == nullptr || !peer->psk) return false;
  const auto change = changes.find(peer->psk->identity);
  return change != changes.end() && change->second != peer->psk->generation;
}

std::string_view HttpSession::buffered() const {
  const auto octets = input_.cdata();
  return {static_cast<const char*>(octets.data()), octets.size()};
}

bool HttpSession::reserve(std::size_t octets) {
  if (octets <= reserved_) return true;
  const auto more = octets - reserved_;
  const auto before = context_.bytes_in_flight.fetch_add(more, std::memory_order_relaxed);
  reserved_ = octets;
  if (before + more <= context_.options.bytes_in_flight) return true;
  refuse(503, "too many request bodies are in progress");
  return false;
}

Task<void> HttpSession::run() {
  try {
    if (context_.options.tls.mode != TlsOptions::Mode::none) co_await open();
    while (!is_ending()) {
      if (take_head()) {
        if (!take_body() && !is_ending()) co_await receive_body();
        if (!is_ending()) co_await answer();
        finish_request();
        continue;
      }
      if (is_ending()) break;
      if (!flush_now()) co_await flush();
      for (const auto deadline = idle_deadline(); should_wait();) {   // here, so that no other frame is held meanwhile
        const auto [error] = co_await begin_idle(deadline);
        end_wait(error);
      }
      if (!is_ending()) co_await fill();
    }
    co_await flush();
    if (!broken_) co_await linger();
  } catch (const std::exception& problem) {
    log::error("session ended by an exception", {{"peer", connection_->peer()}, {"what", problem.what()}});
  }
  connection_->close();
}

/// True if a whole head stands in front of the buffer and may be answered.
bool HttpSession::take_head() {
  auto octets = buffered();
  if (octets.starts_with("\r\n")) {   // left over from a body, says RFC 9112 2.2
    input_.consume(2);
    octets.remove_prefix(2);
  }
  if (octets.empty() || octets == "\r") return false;
  const auto end = octets.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    const auto verdict = check_partial_head(octets, context_.options.head);
    if (verdict.status != 0) refuse(verdict.status, verdict.reason);
    return false;
  }
  const auto head = octets.substr(0, end + 4);
  const auto verdict = check_head(head, context_.options.head);
  if (verdict.status != 0) {
    refuse(verdict.status, verdict.reason);
    return false;
  }
  begin_request(head);
  return !is_ending();
}

void HttpSession::begin_request(std::string_view head) {
  head_deadline_ = Clock::time_point::max();
  phase_ = Phase::handling;
  head_size_ = used_ = head.size();
  if (!parsed_) parsed_ = std::make_unique<ParsedHead>();
  if (!parse_head(head, *parsed_)) {
    refuse(400, "the head is malformed");
    return;
  }
  set_origin();
  if (is_continue_expected(*parsed_) && !is_continue(parsed_->request.expect)) refuse(417, "only 100-continue can be expected");
}

void HttpSession::set_origin() {
  parsed_->request.peer = connection_->peer();
  parsed_->request.connection = connection_.get();
  parsed_->request.tls = connection_->tls_peer();
}

/// True if the body is all there. False: more must be read, or it was refused.
bool HttpSession::take_body() {
  if (is_streamed()) return false;
  if (parsed_->is_chunked) return take_chunked_body();
  return !parsed_->content_length || take_sized_body();
}

bool HttpSession::take_sized_body() {
  const auto length = *parsed_->content_length;
  if (length > context_.options.body_limit) {
    refuse(413, "the body is too large");
    return false;
  }
  if (!reserve(length) || buffered().size() - used_ < length) return false;
  parsed_->request.body = buffered().substr(used_, length);
  used_ += length;
  return true;
}

/// Decodes the chunks that are there.
bool HttpSession::take_chunked_body() {
  if (!chunks_) chunks_ = std::make_unique<ChunkDecoder>(context_.options.body_limit);
  used_ += chunks_->decode(buffered().substr(used_), body_);
  if (const auto& verdict = chunks_->verdict(); verdict.status != 0) {
    refuse(verdict.status, verdict.reason);
    return false;
  }
  if (!reserve(body_.size()) || !chunks_->is_done()) return false;
  parsed_->request.body = body_;
  return true;
}

/// Moves the head out of the buffer that the body is read into.
void HttpSession::keep_head() {
  kept_head_.assign(buffered().substr(0, head_size_));
  parse_head(kept_head_, *parsed_);   // as it did before
  set_origin();
  input_.consume(used_);
  used_ = 0;
}

Task<void> HttpSession::receive_body() {
  const bool has_begun = buffered().size() > head_size_;
  const bool expects = is_continue_expected(*parsed_);
  const auto length = parsed_->content_length.value_or(0);
  const bool streams = is_streamed();
  keep_head();
  if (expects || streams || length > unasked_body) co_await admit();
  if (is_ending()) co_return;
  if (expects && !has_begun) output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  if (streams) {
    co_await receive_stream();
  } else if (parsed_->is_chunked) {
    co_await receive_chunked_body();
  } else {
    co_await receive_sized_body(length);
  }
}

Task<void> HttpSession::admit() {
  phase_ = Phase::handling;
  WebResponse refusal = co_await context_.handler.admit(parsed_->request);
  if (refusal.status == 0) co_return;
  refusal.close = true;
  co_await send(refusal);
}

Task<void> HttpSession::receive_sized_body(std::size_t length) {
  const auto deadline = Clock::now() + context_.options.body_time;
  const auto begin = buffered().substr(0, length);
  std::size_t received = begin.size();
  body_.assign(begin);
  body_.resize(length);
  input_.consume(received);
  while (received < length && !is_ending())
    received += co_await read(asio::buffer(body_.data() + received, length - received), deadline, Phase::receiving);
  parsed_->request.body = body_;
}

Task<void> HttpSession::receive_chunked_body() {
  const auto deadline = Clock::now() + context_.options.body_time;
  bool is_admitted = is_continue_expected(*parsed_);
  while (!is_ending()) {
    if (body_.size() > unasked_body && !is_admitted) {
      is_admitted = true;
      co_await admit();
      if (is_ending()) co_return;
    }
    const std::size_t received = co_await read(input_.prepare(first_read), deadline, Phase::receiving);
    input_.commit(received);
    if (is_ending() || take_chunked_body()) co_return;
    input_.consume(used_);
    used_ = 0;
  }
}

/// The handler's answer to the request in progress.
Task<void> HttpSession::answer() {
  phase_ = Phase::handling;
  context_.figures.requests.fetch_add(1, std::memory_order_relaxed);
  WebResponse response;
  try {
    response = co_await context_.handler.handle(parsed_->request);
  } catch (const std::exception& problem) {
    response = context_.handler.refuse(500, unexpected_failure("handler failed", problem.what()).detail);
    response.close = true;
  }
  if (!append(response)) co_await send(response);
}

/// Puts the answer behind those that wait to be written, as nearly every one is; false if it has to be sent at once.
bool HttpSession::append(const WebResponse& response) {
  if (response.stream || response.on_written || response.is_secret || output_.size() + body_of(response).size() > gathered_output) return false;
  append_head(response);
  if (parsed_->request.method != Method::head) output_ += body_of(response);
  return true;
}

void HttpSession::append_head(const WebResponse& response) {
  idle_time_ = response.idle_time;
  if (response.close || !parsed_->keep_alive || context_.stopping) ending_ = true;
  if (session_end_ != Clock::time_point::max() && Clock::now() >= session_end_) ending_ = true;
  const auto persistence = ending_               ? Persistence::close
                           : parsed_->is_http_1_0 ? Persistence::keep_http_1_0
                                                 : Persistence::keep;
  append_response_head(output_, response, persistence, context_.common_fields.text());
}

Task<void> HttpSession::send(const WebResponse& response) {
  if (response.is_secret) output_.reserve(output_.size() + longest_head + body_of(response).size());   // a text that grows leaves copies behind
  append_head(response);
  if (parsed_->request.method != Method::head) {
    const auto body = body_of(response);
    if (response.stream && body_size_of(response) != 0) {
      co_await send_stream(*response.stream);
    } else if (body.size() > gathered_output) {
      co_await flush();
      co_await write(body);
    } else {
      output_ += body;
    }
  }
  co_await flush(response.is_secret);
  if (response.on_written && !broken_) response.on_written();
}

/// Answers a request that broke a rule, and ends the connection.
void HttpSession::refuse(unsigned status, std::string_view reason) {
  ending_ = true;
  WebResponse response = context_.handler.refuse(status, reason);
  if (status == 503) response.fields.emplace_back("Retry-After", "1");
  append_response_head(output_, response, Persistence::close, context_.common_fields.text());
  const bool is_head = head_size_ != 0 && parsed_ && parsed_->request.method == Method::head;
  if (!is_head) output_ += body_of(response);
}

void HttpSession::finish_request() {
  input_.consume(used_);
  used_ = head_size_ = 0;
  chunks_.reset();
  if (parsed_) parsed_->request.sink.reset();
  trim(body_);
  context_.bytes_in_flight.fetch_sub(reserved_, std::memory_order_relaxed);
  reserved_ = 0;
}

}  // namespace nscl::net
