// SPDX-License-Identifier: Apache-2.0
// Connection requests: a path for each device, where its ACS may call after it has proven who it is (TR-069 3.2.2).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nscl/net/web.h>
#include <nscl/rem/simulator.h>
#include <nscl/security/digest_authentication.h>

#include "numbered_paths.h"

namespace nscl::rem::simulator {

class ConnectionRequests : public net::WebHandler {
 public:
  /// The device of that number; null: there is none.
  using Find = std::function<Cpe*(std::size_t number)>;
  /// It may begin a session now.
  using Accepted = std::function<void(std::size_t number)>;
  ConnectionRequests(Find find, Accepted accepted, bool is_open);

  std::string path_of(std::size_t number) const { return paths_.path_of(number); }

  net::Task<net::WebResponse> admit(const net::WebRequest& head) override;
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override;
  net::WebResponse refuse(unsigned status, std::string_view reason) override;

 private:
  bool is_right(const net::WebRequest& request, Cpe& cpe, bool& is_stale);
  net::WebResponse answer(const net::WebRequest& request);

  const Find find_;
  const Accepted accepted_;
  const bool is_open_;   ///< everybody is let in, as one client does
  const NumberedPaths paths_;
  security::DigestAuthentication digest_;
};

}  // namespace nscl::rem::simulator
