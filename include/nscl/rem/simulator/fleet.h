// SPDX-License-Identifier: Apache-2.0
// Fleet: many simulated devices on one I/O thread, with their connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/net/outgoing_tls.h>
#include <nscl/rem/simulator/simulated_device.h>

namespace nscl::rem::simulator {

/// Where devices are called from outside.
class Entrance {
 public:
  /// Somebody called the device of that number, which may have a session now.
  using Called = std::function<void(std::size_t number)>;
  virtual ~Entrance() = default;
  /// Begins, on the context's thread, where `called` is called too. Call once.
  virtual void start(Called called) = 0;
  /// Any thread.
  virtual void stop() = 0;
  /// For people: where it is, in whole lines.
  virtual std::string places() const = 0;
};

/// The devices of a fleet, numbered from 0.
struct Crew {
  std::vector<std::unique_ptr<SimulatedDevice>> devices;
  std::unique_ptr<Entrance> entrance;      ///< null: nobody can call; knows the devices, and goes before them
};

struct FleetOptions {
  std::size_t rate = 0;                    ///< sessions begun each second; 0: as many as want one
  std::size_t parallel = 1'000;            ///< devices that have connections at once
  bool is_once = false;                    ///< each device has one session, and one more if it is told to wait
  std::size_t file_limit = 64u << 20;      ///< octets of a file that is fetched
  std::shared_ptr<const net::OutgoingTls> tls;
};

/// Read and written on the thread of the fleet; others see each number late, but whole.
struct FleetFigures {
  std::uint64_t sessions = 0;   ///< that ended well
  std::uint64_t failures = 0;   ///< other than those told to wait
  std::uint64_t waits = 0;      ///< told to wait
  std::uint64_t asked = 0;      ///< RPCs, or commands
  std::uint64_t files = 0;      ///< fetched or brought, or not
  std::uint64_t requests = 0;   ///< calls from outside that were accepted
  std::uint64_t open = 0;       ///< devices at work
  std::uint64_t done = 0;       ///< devices that have nothing to do any more (is_once)
};

class Fleet {
 public:
  /// `told`: called on the context's thread after each session.
  Fleet(boost::asio::io_context& context, FleetOptions options, Crew crew, std::function<void(const SimulatedDevice&)> told);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Begins, on the context's thread. Call once.
  void start();
  /// Begins nothing more, and ends what is open. Any thread.
  void stop();

  FleetFigures figures() const;   ///< any thread

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::rem::simulator
