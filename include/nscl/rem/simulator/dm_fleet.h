// SPDX-License-Identifier: Apache-2.0
// The crew of a fleet of DM clients, and where they take notifications (package 0).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include <nscl/rem/simulator/call_address.h>
#include <nscl/rem/simulator/dm_client.h>
#include <nscl/rem/simulator/fleet.h>

namespace nscl::rem::simulator {

struct DmCrewOptions {
  std::shared_ptr<const DmClientOptions> client;
  std::shared_ptr<const DmClientOptions> caller;   ///< devices behind each that have sessions of their own: as many as `client` lists; null: none
  std::size_t count = 1;
  std::string serial_prefix;               ///< the numbers 000001, 000002 ... follow
  /// By HTTP, with a path for each device; and by UDP, for the first thousand: the device of number i (from 0) at this port + i, or at
  /// one that the system chooses. Those behind a gateway are called where it is.
  CallAddress calls;
};

/// Throws what a net::Listener throws, and std::runtime_error if a UDP port cannot be had.
Crew make_dm_clients(boost::asio::io_context& context, const DmCrewOptions& options);

}  // namespace nscl::rem::simulator
