// SPDX-License-Identifier: Apache-2.0
// DmServer: what clients of OMA-DM call, on a listener of its own: HTTP and authentication around the sessions. docs/omadm.md
#pragma once

#include <memory>
#include <string_view>

#include <nscl/net/web.h>
#include <nscl/rem/omadm/dm_session.h>

namespace nscl::rem::omadm {

class DmServer final : public net::WebHandler {
 public:
  /// `work` and `accounts` outlive it. `refused` is told of "dm.login_failed", "dm.second_session" and "dm.server_refused".
  DmServer(Work& work, DmPerforming performing, DmAccounts& accounts, DmOptions options, Refused refused);
  ~DmServer() override;

  net::Task<net::WebResponse> admit(const net::WebRequest& head) override;
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override;
  net::WebResponse refuse(unsigned status, std::string_view reason) override;

  /// Ends sessions whose time is over. To be called every second or so, on any thread.
  void sweep();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::rem::omadm
