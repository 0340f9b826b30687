// SPDX-License-Identifier: Apache-2.0
// Fetches or brings a file as a device does, and says what came of it in faults of CWMP.
#pragma once

#include <nscl/net/web_client.h>
#include <nscl/rem/simulator.h>

namespace nscl::rem::simulator {

/// With Basic or Digest if the server asks for one of them.
net::Task<FileOutcome> transfer(net::WebClient& client, FileCall file);

}  // namespace nscl::rem::simulator
