// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/simulator/dm_fleet.h>

#include <algorithm>
#include <array>
#include <list>
#include <stdexcept>
#include <vector>

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>

#include <nscl/net/awaiting.h>
#include <nscl/net/listener.h>
#include <nscl/rem/omadm/notification.h>

#include "numbered_paths.h"

namespace nscl::rem::simulator {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using Socket = asio::basic_datagram_socket<udp, net::Executor>;

constexpr std::size_t notification_limit = 1'024;   // octets; longer ones are none
constexpr std::size_t most_sockets = 1'000, most_told = 10;

Socket bound_socket(asio::io_context& context, const CallAddress& where, std::size_t number) {
  const auto port = static_cast<std::uint16_t>(where.port == 0 ? 0 : where.port + number);
  try {
    Socket socket(context.get_executor());
    const udp::endpoint endpoint{asio::ip::make_address(where.address), port};
    socket.open(endpoint.protocol());
    socket.bind(endpoint);
    return socket;
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("no notifications on " + where.address + ", UDP port " + std::to_string(port) + ": " + problem.code().message());
  }
}

/// Whom notifications reach, by number: each of the crew, in its order, or those behind it, who are called where it is.
struct NotifiedClients {
  std::vector<DmClient*> clients;
  std::size_t group = 1;   ///< one that is called, and those behind it
  Entrance::Called called;

  std::size_t count() const { return clients.size() / group; }
  const DmClient& at(std::size_t number) const { return *clients[number * group]; }
  bool take(std::size_t number, std::string_view octets) {
    for (auto i = number * group; i < (number + 1) * group; ++i) {
      if (!clients[i]->take_notification(octets, system_clock().now())) continue;
      called(i);
      return true;
    }
    return false;
  }
};

/// A POST of the raw package to the path of a device.
class NotificationHandler final : public net::WebHandler {
 public:
  explicit NotificationHandler(NotifiedClients& notified) : notified_(notified) {}
  std::string path_of(std::size_t number) const { return paths_.path_of(number); }

  net::Task<net::WebResponse> admit(const net::WebRequest&) override {
    net::WebResponse none;
    none.status = 0;
    co_return none;
  }
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override { co_return answer(request); }
  net::WebResponse refuse(unsigned status, std::string_view) override {
    auto out = with(status);
    out.close = true;
    return out;
  }

 private:
  static net::WebResponse with(unsigned status) {
    net::WebResponse out;
    out.status = status;
    return out;
  }
  net::WebResponse answer(const net::WebRequest& request) {
    const auto number = paths_.number_of(request.target);
    if (!number || *number >= notified_.count()) return with(404);
    if (request.method != net::Method::post) return with(405);
    if (!request.content_type.starts_with(omadm::notification_type)) return with(415);
    return with(notified_.take(*number, request.body) ? 204 : 403);
  }

  NotifiedClients& notified_;
  const NumberedPaths paths_;
};

class DmEntrance final : public Entrance {
 public:
  DmEntrance(asio::io_context& context, const CallAddress& where, std::vector<DmClient*> clients, std::size_t group)
      : context_(context), host_(host_of(where)), notified_{std::move(clients), group, {}}, handler_(notified_) {
    net::ListenerOptions wanted;
    wanted.address = where.address;
    wanted.port = where.port;
    wanted.body_limit = notification_limit;
    const std::vector<asio::io_context*> contexts{&context};
    listener_ = std::make_unique<net::Listener>(contexts, wanted, handler_);
    const auto count = std::min(notified_.count(), most_sockets);
    for (std::size_t number = 0; number < count; ++number) sockets_.push_back(bound_socket(context, where, number));
  }

  void start(Called called) override {
    notified_.called = std::move(called);
    listener_->start();
    std::size_t number = 0;
    for (auto& socket : sockets_) asio::co_spawn(context_, receive(socket, number++), asio::detached);
  }

  void stop() override {
    listener_->stop();
    asio::post(context_, [this] {
      for (auto& socket : sockets_) {
        boost::system::error_code ignored;
        socket.close(ignored);
      }
    });
  }

  std::string places() const override {
    std::string out;
    std::size_t number = 0;
    for (const auto& socket : sockets_) {
      if (number == most_told) break;
      out += notified_.at(number).serial() + ": notifications at http://" + host_ + ":" + std::to_string(listener_->port()) + handler_.path_of(number) +
             " and udp://" + host_ + ":" + std::to_string(socket.local_endpoint().port()) + "\n";
      ++number;
    }
    return out;
  }

 private:
  /// Until the socket is closed.
  net::Task<void> receive(Socket& socket, std::size_t number) {
    std::array<char, notification_limit> buffer{};
    udp::endpoint from;
    for (;;) {
      const auto [error, size] = co_await socket.async_receive_from(asio::buffer(buffer), from, net::awaited);
      if (error) co_return;
      notified_.take(number, std::string_view(buffer.data(), size));
    }
  }

  asio::io_context& context_;
  const std::string host_;
  NotifiedClients notified_;
  NotificationHandler handler_;
  std::unique_ptr<net::Listener> listener_;
  std::list<Socket> sockets_;
};

}  // namespace

Crew make_dm_clients(asio::io_context& context, const DmCrewOptions& options) {
  Crew out;
  std::vector<DmClient*> clients;
  const auto now = system_clock().now();
  const auto add = [&](const std::shared_ptr<const DmClientOptions>& kind, std::string id) {
    auto made = std::make_unique<DmClient>(kind, std::move(id), now);
    clients.push_back(made.get());
    out.devices.push_back(std::move(made));
  };
  const std::size_t behind = options.caller ? options.client->behind.callers : 0;
  for (std::size_t i = 1; i <= options.count; ++i) {
    const auto id = numbered_serial(options.serial_prefix, i);
    add(options.client, id);
    for (std::size_t j = 1; j <= behind; ++j) add(options.caller, caller_serial(id, j));
  }
  if (!options.calls.address.empty()) out.entrance = std::make_unique<DmEntrance>(context, options.calls, std::move(clients), 1 + behind);
  return out;
}

}  // namespace nscl::rem::simulator
