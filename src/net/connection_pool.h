// SPDX-License-Identifier: Apache-2.0
// ConnectionPool: who may have a connection to which destination, who waits for one, and those that are idle.
#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include <nscl/net/connection.h>
#include <nscl/net/web_client.h>

#include "waiting.h"

namespace nscl::net {

/// On one thread. Within a destination the order of asking is kept; when the bound over all destinations is reached,
/// those that wait for it take turns.
class ConnectionPool {
  struct Destination;

 public:
  using Clock = Connection::Clock;

  /// The right to have one connection to a destination; given back by its destructor.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { swap(other); }
    Place& operator=(Place&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Place();

    std::unique_ptr<Connection> connection;   ///< null: is to be made by the owner of the place
    bool may_be_kept = false;                 ///< the connection is fit for a further request

   private:
    friend ConnectionPool;
    Place(ConnectionPool& pool, Destination& destination, std::unique_ptr<Connection> its_connection)
        : connection(std::move(its_connection)), pool_(&pool), destination_(&destination) {}
    void swap(Place& other) noexcept;

    ConnectionPool* pool_ = nullptr;
    Destination* destination_ = nullptr;
  };

  /// One who asks. Leaves the queue by its destructor.
  class Waiter {
   public:
    Waiter(boost::asio::io_context& context, ConnectionPool& pool) : granted(context), pool_(pool) {}
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    Signal granted;   ///< set when `place` has been filled
    Place place;

   private:
    friend ConnectionPool;
    ConnectionPool& pool_;
    Destination* destination_ = nullptr;   ///< while it waits
    std::list<Waiter*>::iterator turn_;
  };

  enum class Grant { now, later, busy };

  explicit ConnectionPool(const WebClientOptions& options);
  ~ConnectionPool();

  /// Asks for a place. `later`: wait for waiter.granted.
  Grant ask(const std::string& destination, Waiter& waiter);
  /// Closes idle connections that are too old or that their peer has ended.
  void sweep(Clock::time_point now);
  /// Closes the idle ones and keeps none from now on.
  void stop();
  bool has_idle() const { return idle_ != 0; }

 private:
  bool grant(Destination& destination, Waiter& waiter);
  bool grant_idle(Destination& destination, Waiter& waiter);
  void give_back(Destination& destination, std::unique_ptr<Connection> connection);
  bool serve(Destination& destination);
  void serve_all(Destination& destination);
  void serve_hungry();
  void mark_hungry(Destination& destination);
  bool can_open() const { return total_ < options_.connections || idle_ != 0; }
  void drop_oldest_idle();
  void drop(Destination& destination);
  void forget_if_unused(Destination& destination);

  const WebClientOptions options_;
  std::unordered_map<std::string, std::unique_ptr<Destination>> destinations_;
  std::list<Destination*> hungry_;   ///< have waiters and are below their own bound, but not all together
  std::size_t total_ = 0, idle_ = 0;
  bool stopped_ = false;
};

}  // namespace nscl::net
