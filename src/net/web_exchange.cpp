// SPDX-License-Identifier: Apache-2.0
// The steps of a call. Each that waits is ended by abort(), and what comes behind it sees failure_.
#include "web_exchange.h"

#include <algorithm>

#include "outgoing_connection.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t read_size = 16 * 1024;
constexpr std::size_t gathered_body = 16 * 1024;   ///< a body up to this size leaves in one write with its head

/// Sets a pointer for as long as something is waited for.
template <class T>
class Watched {
 public:
  Watched(T*& place, T& what) : place_(place) { place_ = &what; }
  ~Watched() { place_ = nullptr; }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  T*& place_;
};

std::string_view text_of(WebFailure::Kind kind) {
  return kind == WebFailure::Kind::stopping ? "the client is stopping" : "the call was not answered in time";
}

}  // namespace

WebExchange::WebExchange(ExchangeContext& context, WebCall call)
    : context_(context),
      call_(std::move(call)),
      deadline_(Clock::now() + std::min(call_.time, std::chrono::milliseconds{std::chrono::hours{24}})),
      listed_(context.exchanges.insert(context.exchanges.end(), this)) {}

WebExchange::~WebExchange() { context_.exchanges.erase(listed_); }

void WebExchange::fail(Kind kind, std::string_view detail) {
  if (!failure_) failure_ = WebFailure{kind, std::string(detail)};
}

void WebExchange::abort(Kind kind) {
  fail(kind, text_of(kind));
  error_code ignored;
  if (signal_ != nullptr) signal_->set();
  if (connection_ != nullptr) connection_->close();
  if (socket_ != nullptr) socket_->close(ignored);
}

void WebExchange::expire(Clock::time_point now) {
  if (now >= deadline_) {
    abort(Kind::timed_out);
  } else if (now >= connect_deadline_) {   // the next address is tried
    error_code ignored;
    if (socket_ != nullptr) socket_->close(ignored);
    if (connection_ != nullptr) connection_->close();
  }
}

/// Everything that can be judged before anything is waited for.
bool WebExchange::prepare() {
  auto target = parse_outgoing_uri(call_.uri);
  if (target && target->is_tls && !context_.options.tls) {
    fail(Kind::not_supported, "TLS is not set up for requests to other hosts");
  } else if (target) {
    target_ = std::move(*target);
    auto head = write_request_head(call_, target_);
    if (head) {
      head_ = std::move(*head);
    } else {
      failure_ = std::move(head.error());
    }
  } else {
    failure_ = std::move(target.error());
  }
  return !failure_;
}

Task<WebResult> WebExchange::run() {
  if (prepare()) {
    ConnectionPool::Waiter waiter{context_.context, context_.pool};
    co_await take_place(waiter);
    if (!failure_) co_return co_await exchange(waiter.place);
  }
  co_return tl::unexpected<WebFailure>{*failure_};
}

Task<void> WebExchange::take_place(ConnectionPool::Waiter& waiter) {
  const auto grant = context_.pool.ask(target_.destination(), waiter);
  if (grant == ConnectionPool::Grant::busy) fail(Kind::busy, "too many calls wait for that destination");
  if (grant != ConnectionPool::Grant::later) co_return;
  const Watched<Signal> watched{signal_, waiter.granted};
  co_await waiter.granted.wait();
}

/// Sends and receives, once more if a kept connection turns out to have been ended by the peer and the call allows it.
Task<WebResult> WebExchange::exchange(ConnectionPool::Place& place) {
  auto outcome = Outcome::stale;
  std::optional<ResponseReader> reader;
  for (bool is_kept = place.connection != nullptr; outcome == Outcome::stale; is_kept = false) {
    if (!is_kept) co_await connect(place);
    if (failure_) break;
    input_.clear();
    reader.emplace(call_.method, context_.options.head_limit, context_.options.body_limit);
    outcome = co_await converse(place, *reader);
    if (outcome == Outcome::stale && (!is_kept || call_.is_once)) {
      fail(Kind::reset, "the peer ended the connection without an answer");
      break;
    }
  }
  if (failure_) co_return tl::unexpected<WebFailure>{*failure_};
  place.may_be_kept = reader->may_keep_connection() && input_.empty();
  co_return std::move(reader->answer());
}

Task<WebExchange::Outcome> WebExchange::converse(ConnectionPool::Place& place, ResponseReader& reader) {
  error_code sent;
  {
    const Watched<Connection> watched{connection_, *place.connection};
    sent = co_await send(*place.connection);
    // A peer may answer (413, say) and stop reading: its answer is looked for though the request did not get through.
    if (!failure_) co_await receive(*place.connection, reader);
  }
  if (failure_) co_return Outcome::failed;   // aborted
  if (reader.is_done() && !sent) co_return Outcome::answered;
  place.connection.reset();
  if (reader.is_done()) co_return Outcome::answered;
  if (!reader.has_begun()) co_return Outcome::stale;
  if (reader.failure()) {
    failure_ = reader.failure();
  } else {
    fail(Kind::reset, "the connection was lost within the answer");
  }
  co_return Outcome::failed;
}

Task<error_code> WebExchange::send(Connection& connection) {
  const bool is_one = !call_.body || call_.body->size() <= gathered_body;
  std::string first = head_;
  if (is_one && call_.body) first += *call_.body;
  error_code error = co_await connection.write(asio::buffer(first));
  if (!error && !is_one) error = co_await connection.write(asio::buffer(*call_.body));
  co_return error;
}

/// Until the answer is complete, broken, or nothing comes any more.
Task<void> WebExchange::receive(Connection& connection, ResponseReader& reader) {
  while (!reader.is_done() && !reader.failure()) {
    const std::size_t kept = input_.size();   // a line that is not whole
    input_.resize(kept + read_size);
    const auto [error, size] = co_await connection.read_some(asio::buffer(input_.data() + kept, read_size));
    input_.resize(kept + size);
    if (failure_) co_return;
    if (error == asio::error::eof && reader.has_begun()) reader.end_of_stream();
    if (error) co_return;
    input_.erase(0, reader.take(input_));
  }
}

/// Gives the place a new connection, to the first address that is allowed and answers.
Task<void> WebExchange::connect(ConnectionPool::Place& place) {
  std::vector<Address> addresses;
  co_await find_addresses(addresses);
  if (failure_) co_return;
  std::erase_if(addresses, [this](const Address& address) { return !context_.guard.admits(address); });
  if (addresses.empty()) {
    fail(Kind::forbidden_address, "the host leads to an address that must not be called (outgoing.allowed_networks)");
    co_return;
  }
  const auto deadline = std::min(deadline_, Clock::now() + context_.options.connect_time);
  error_code error;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = Clock::now();
    const auto left = static_cast<Clock::rep>(addresses.size() - i);
    error = co_await connect_to(addresses[i], now + (deadline - now) / left, place);
    if (!error || failure_) break;
  }
  if (error) judge_connect(error);
}

void WebExchange::judge_connect(const error_code& error) {
  if (error == asio::error::timed_out || error == asio::error::operation_aborted) {
    fail(Kind::timed_out, "the host did not take the connection in time");
  } else if (error == asio::error::connection_reset) {
    fail(Kind::reset, "the host ended the connection at once");
  } else if (error == asio::error::no_descriptors || error == asio::error::no_memory || error == asio::error::no_buffer_space) {
    fail(Kind::busy, "there is no descriptor or memory left for a connection");
  } else if (error == boost::system::errc::protocol_error) {
    fail(Kind::insecure, "no TLS with the host that could be trusted");
  } else {
    fail(Kind::refused, "the host did not take the connection");
  }
}

Task<error_code> WebExchange::connect_to(const Address& address, Clock::time_point deadline, ConnectionPool::Place& place) {
  TcpSocket socket{context_.context};
  error_code error;
  {
    const Watched<TcpSocket> watched{socket_, socket};
    connect_deadline_ = deadline;
    const asio::ip::tcp::endpoint endpoint{address, target_.port};
    std::tie(error) = co_await socket.async_connect(endpoint, awaited);
    connect_deadline_ = Clock::time_point::max();
  }
  if (!error && !socket.is_open()) error = asio::error::operation_aborted;   // the sweeper came in between
  if (!error && target_.is_tls) {
    connect_deadline_ = deadline;
    error = co_await open_tls(std::move(socket), place);
    connect_deadline_ = Clock::time_point::max();
  } else if (!error) {
    place.connection = make_tcp_connection(std::move(socket));
  }
  co_return error;
}

Task<error_code> WebExchange::open_tls(TcpSocket socket, ConnectionPool::Place& place) {
  auto tls = context_.options.tls->context_for(target_.host, target_.port);
  auto connection = make_outgoing_connection(std::move(socket), std::move(tls), target_.host, target_.port);
  error_code error;
  {
    const Watched<Connection> watched{connection_, *connection};
    error = co_await connection->open();
  }
  if (!error) place.connection = std::move(connection);
  co_return error;
}

/// The address itself if the host is one; else what the name resolves to.
Task<void> WebExchange::find_addresses(std::vector<Address>& addresses) {
  error_code is_name;
  const auto address = asio::ip::make_address(target_.host, is_name);
  if (!is_name) {
    addresses.push_back(address);
    co_return;
  }
  const auto lookup = context_.names->look_up(target_.host);
  if (!lookup) {
    fail(Kind::busy, "too many names are being resolved");
    co_return;
  }
  if (!lookup->is_done) co_await wait_for(*lookup);
  if (failure_) co_return;
  addresses = lookup->addresses;
  if (addresses.empty()) fail(Kind::unresolvable, "the name of the host has no address");
}

Task<void> WebExchange::wait_for(NameResolver::Lookup& lookup) {
  Signal signal{context_.context};
  const Watched<Signal> watched{signal_, signal};
  const auto place = lookup.waiting.insert(lookup.waiting.end(), &signal);
  co_await signal.wait();
  lookup.waiting.erase(place);
}

}  // namespace nscl::net
