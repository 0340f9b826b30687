// SPDX-License-Identifier: Apache-2.0
// Places are counted per destination and over all; a place that is given back goes to who waited longest.
#include "connection_pool.h"

#include <algorithm>
#include <utility>

namespace nscl::net {

struct ConnectionPool::Destination {
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };

  std::string name;
  std::size_t places = 0;   ///< in use and idle
  std::deque<Idle> idle;    ///< the newest last
  std::list<Waiter*> waiting;
  bool is_hungry = false;
  bool is_pinned = false;   ///< stays, though it may become unused
};

ConnectionPool::ConnectionPool(const WebClientOptions& options) : options_(options) {}
ConnectionPool::~ConnectionPool() = default;

void ConnectionPool::Place::swap(Place& other) noexcept {
  std::swap(connection, other.connection);
  std::swap(may_be_kept, other.may_be_kept);
  std::swap(pool_, other.pool_);
  std::swap(destination_, other.destination_);
}

ConnectionPool::Place::~Place() {
  if (pool_ == nullptr) return;
  if (!may_be_kept) connection.reset();
  pool_->give_back(*destination_, std::move(connection));
}

ConnectionPool::Waiter::~Waiter() {
  if (destination_ == nullptr) return;
  destination_->waiting.erase(turn_);
  pool_.forget_if_unused(*destination_);
}

ConnectionPool::Grant ConnectionPool::ask(const std::string& name, Waiter& waiter) {
  auto& entry = destinations_[name];
  if (!entry) {
    entry = std::make_unique<Destination>();
    entry->name = name;
  }
  Destination& destination = *entry;
  if (destination.waiting.empty() && grant(destination, waiter)) return Grant::now;
  if (destination.waiting.size() >= options_.waiting_per_destination) {
    forget_if_unused(destination);
    return Grant::busy;
  }
  waiter.destination_ = &destination;
  waiter.turn_ = destination.waiting.insert(destination.waiting.end(), &waiter);
  mark_hungry(destination);
  return Grant::later;
}

bool ConnectionPool::grant_idle(Destination& destination, Waiter& waiter) {
  while (!destination.idle.empty()) {
    auto connection = std::move(destination.idle.back().connection);
    destination.idle.pop_back();
    --idle_;
    if (connection->is_quiet()) {
      waiter.place = Place{*this, destination, std::move(connection)};
      return true;
    }
    drop(destination);
  }
  return false;
}

bool ConnectionPool::grant(Destination& destination, Waiter& waiter) {
  if (grant_idle(destination, waiter)) return true;
  if (destination.places >= options_.connections_per_destination || !can_open()) return false;
  if (total_ >= options_.connections) drop_oldest_idle();
  ++destination.places;
  ++total_;
  waiter.place = Place{*this, destination, nullptr};
  return true;
}

/// Grants a place to the first who waits.
bool ConnectionPool::serve(Destination& destination) {
  if (destination.waiting.empty()) return false;
  Waiter& first = *destination.waiting.front();
  if (!grant(destination, first)) return false;
  destination.waiting.pop_front();
  first.destination_ = nullptr;
  first.granted.set();
  return true;
}

void ConnectionPool::serve_all(Destination& destination) {
  while (serve(destination)) {
  }
  mark_hungry(destination);
}

void ConnectionPool::serve_hungry() {
  while (!hungry_.empty() && can_open()) {
    Destination& next = *hungry_.front();
    hungry_.pop_front();
    next.is_hungry = false;
    if (serve(next)) mark_hungry(next);
  }
}

void ConnectionPool::mark_hungry(Destination& destination) {
  const bool is_below = !destination.waiting.empty() && destination.places < options_.connections_per_destination;
  if (!is_below || destination.is_hungry) return;
  destination.is_hungry = true;
  hungry_.push_back(&destination);
}

void ConnectionPool::give_back(Destination& destination, std::unique_ptr<Connection> connection) {
  destination.is_pinned = true;   // its idle connection may have to make room for another's
  const bool is_due_elsewhere = !hungry_.empty() && hungry_.front() != &destination;
  if (connection && !is_due_elsewhere && !stopped_) {
    destination.idle.push_back({std::move(connection), Clock::now()});
    ++idle_;
  } else {
    connection.reset();
    drop(destination);
  }
  if (!stopped_) {
    if (is_due_elsewhere) serve_hungry();
    serve_all(destination);
    serve_hungry();
  }
  destination.is_pinned = false;
  forget_if_unused(destination);
}

void ConnectionPool::drop(Destination& destination) {
  --destination.places;
  --total_;
}

void ConnectionPool::drop_oldest_idle() {
  Destination* oldest = nullptr;
  for (const auto& [name, destination] : destinations_) {
    if (destination->idle.empty()) continue;
    if (oldest == nullptr || destination->idle.front().since < oldest->idle.front().since) oldest = destination.get();
  }
  oldest->idle.pop_front();   // there is one: can_open() said so
  --idle_;
  drop(*oldest);
  forget_if_unused(*oldest);
}

void ConnectionPool::forget_if_unused(Destination& destination) {
  if (destination.places != 0 || !destination.waiting.empty() || destination.is_pinned) return;
  if (destination.is_hungry) hungry_.remove(&destination);
  const auto entry = destinations_.find(destination.name);
  if (entry != destinations_.end()) destinations_.erase(entry);
}

void ConnectionPool::sweep(Clock::time_point now) {
  for (auto entry = destinations_.begin(); entry != destinations_.end();) {
    Destination& destination = *(entry++)->second;   // it may be forgotten below
    const auto is_over = [&](const Destination::Idle& idle) {
      return idle.since + options_.idle_time <= now || !idle.connection->is_quiet();
    };
    const std::size_t ended = std::erase_if(destination.idle, is_over);
    idle_ -= ended;
    total_ -= ended;
    destination.places -= ended;
    if (ended != 0) forget_if_unused(destination);
  }
}

void ConnectionPool::stop() {
  stopped_ = true;
  sweep(Clock::time_point::max());
}

}  // namespace nscl::net
