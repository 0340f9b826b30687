// SPDX-License-Identifier: Apache-2.0
// WebExchange: one call in progress, from its URI to the last octet of the answer. Lives in the coroutine that runs it.
#pragma once

#include <list>
#include <optional>
#include <string>

#include <nscl/net/address_guard.h>
#include <nscl/net/connection.h>
#include <nscl/net/web_client.h>

#include "connection_pool.h"
#include "name_resolver.h"
#include "outgoing_request.h"
#include "response_reader.h"

namespace nscl::net {

class WebExchange;

/// What the exchanges of one client share.
struct ExchangeContext {
  boost::asio::io_context& context;
  const WebClientOptions options;
  AddressGuard guard;
  ConnectionPool pool;
  std::shared_ptr<NameResolver> names;
  std::list<WebExchange*> exchanges;   ///< in progress; the sweeper looks at their deadlines
};

class WebExchange {
 public:
  using Clock = Connection::Clock;

  WebExchange(ExchangeContext& context, WebCall call);
  ~WebExchange();
  WebExchange(const WebExchange&) = delete;
  WebExchange& operator=(const WebExchange&) = delete;

  Task<WebResult> run();

  // Called by the sweeper and by stop(), between the exchange's steps.
  /// Ends what has taken too long: an attempt to connect, or everything.
  void expire(Clock::time_point now);
  /// Ends what it waits for; it then fails with `kind`.
  void abort(WebFailure::Kind kind);

 private:
  using Address = boost::asio::ip::address;
  using Kind = WebFailure::Kind;
  enum class Outcome { answered, stale, failed };

  bool prepare();
  Task<void> take_place(ConnectionPool::Waiter& waiter);
  Task<void> connect(ConnectionPool::Place& place);
  Task<void> find_addresses(std::vector<Address>& addresses);
  Task<void> wait_for(NameResolver::Lookup& lookup);
  Task<boost::system::error_code> connect_to(const Address& address, Clock::time_point deadline, ConnectionPool::Place& place);
  Task<boost::system::error_code> open_tls(TcpSocket socket, ConnectionPool::Place& place);
  void judge_connect(const boost::system::error_code& error);
  Task<Outcome> converse(ConnectionPool::Place& place, ResponseReader& reader);
  Task<boost::system::error_code> send(Connection& connection);
  Task<void> receive(Connection& connection, ResponseReader& reader);
  Task<WebResult> exchange(ConnectionPool::Place& place);

  void fail(Kind kind, std::string_view detail);

  ExchangeContext& context_;
  const WebCall call_;
  const Clock::time_point deadline_;
  std::list<WebExchange*>::iterator listed_;

  OutgoingTarget target_;
  std::string head_;
  std::string input_;        ///< octets of the peer that are not used yet
  std::optional<WebFailure> failure_;

  // what it waits for, if anything
  Signal* signal_ = nullptr;
  Connection* connection_ = nullptr;
  TcpSocket* socket_ = nullptr;
  Clock::time_point connect_deadline_ = Clock::time_point::max();   ///< of the attempt in progress, its handshake included
};

}  // namespace nscl::net
