// SPDX-License-Identifier: Apache-2.0
// The crew of a fleet of CPEs, and where they take connection requests.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include <nscl/rem/simulator.h>
#include <nscl/rem/simulator/call_address.h>
#include <nscl/rem/simulator/fleet.h>

namespace nscl::rem::simulator {

struct CpeCrewOptions {
  std::shared_ptr<const CpeOptions> cpe;
  std::size_t count = 1;
  std::shared_ptr<const CpeOptions> caller;   ///< of devices that call by themselves behind each of these; null: there are none
  std::size_t callers = 0;                 ///< how many behind each
  std::string serial_prefix = "SIM";       ///< the numbers 000001, 000002 ... follow
  CallAddress calls;                       ///< for connection requests
};

/// Throws what a net::Listener throws.
Crew make_cpes(boost::asio::io_context& context, const CpeCrewOptions& options);

}  // namespace nscl::rem::simulator
