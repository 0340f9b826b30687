// SPDX-License-Identifier: Apache-2.0
// Fleet: many simulated devices on one I/O thread, with their connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include <nscl/net/outgoing_tls.h>
#include <nscl/rem/simulator.h>

namespace nscl::rem::simulator {

struct FleetOptions {
  std::shared_ptr<const CpeOptions> cpe;
  std::size_t count = 1;
  std::shared_ptr<const CpeOptions> caller;   ///< of devices that call by themselves behind each of these; null: there are none
  std::size_t callers = 0;                 ///< how many behind each
  std::string serial_prefix = "SIM";       ///< the numbers 000001, 000002 ... follow
  std::size_t rate = 0;                    ///< sessions begun each second; 0: as many as want one
  std::size_t parallel = 1'000;            ///< devices that have connections at once
  bool is_once = false;                    ///< each device has one session, and one more if it is told to wait
  std::string listen_address;              ///< for connection requests; empty: nobody can call
  std::uint16_t listen_port = 0;           ///< 0: the system chooses
  std::size_t file_limit = 64u << 20;      ///< octets of a file that is fetched
  std::shared_ptr<const net::OutgoingTls> tls;
};

/// Read and written on the thread of the fleet; others see each number late, but whole.
struct FleetFigures {
  std::uint64_t sessions = 0;   ///< that ended well
  std::uint64_t failures = 0;   ///< other than those told to wait
  std::uint64_t waits = 0;      ///< told to wait
  std::uint64_t rpcs = 0;
  std::uint64_t files = 0;      ///< fetched or brought, or not
  std::uint64_t requests = 0;   ///< connection requests that were accepted
  std::uint64_t open = 0;       ///< devices at work
  std::uint64_t done = 0;       ///< devices that have nothing to do any more (is_once)
};

class Fleet {
 public:
  /// `told`: called on the context's thread after each session. Throws what a net::Listener throws.
  Fleet(boost::asio::io_context& context, FleetOptions options, std::function<void(const Cpe&)> told);
  /// Once the context's thread has ended, before the context itself.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Begins, on the context's thread. Call once.
  void start();
  /// Begins nothing more, and ends what is open. Any thread.
  void stop();

  FleetFigures figures() const;   ///< any thread
  std::uint16_t port() const;     ///< for connection requests; 0: none

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::rem::simulator
