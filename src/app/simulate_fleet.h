// SPDX-License-Identifier: Apache-2.0
// What the commands below `nscl simulate` have in common: a fleet on one I/O thread, while the main thread takes signals and tells what happens.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <nscl/app/commands.h>
#include <nscl/rem/simulator/call_address.h>
#include <nscl/rem/simulator/fleet.h>

namespace nscl::app {

/// How a fleet is spoken of.
struct FleetWords {
  std::string_view requests, calls;   ///< "RPCs", "connection requests"
};

/// First line of the file; none without one. Throws UsageError.
Secret simulated_password(const std::string& file);
/// "127.0.0.1:7547" or "[::1]:7547"; empty: none. Throws UsageError, which names the option.
rem::simulator::CallAddress call_address(std::string_view option, const std::string& text);
/// Throws UsageError if a server at this URL cannot be called, or a name is too long.
void check_simulated(std::string_view option, const std::string& url, std::initializer_list<const std::string*> names);

/// Plays until a signal, the end of the time, or of everything there is to do; the exit code of the command. `url`: of the server.
int play(const SimulatePace& pace, const FleetWords& words, const std::string& url,
         const std::function<rem::simulator::Crew(boost::asio::io_context&)>& make);

}  // namespace nscl::app
