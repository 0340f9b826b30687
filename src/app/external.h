// SPDX-License-Identifier: Apache-2.0
// External: the external ACSs of one daemon, by [[external_acs]].
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/app/config.h>
#include <nscl/net/outgoing_tls.h>
#include <nscl/rem/external_acs.h>

namespace nscl::app {

class External {
 public:
  /// On the thread of `home`; all but the configuration outlive it.
  External(const Config& config, rem::TicketedWork& work, rem::Files& files, store::Store& store, const Clock& clock, boost::asio::io_context& home,
           std::shared_ptr<const net::OutgoingTls> tls);

  /// By their names. They live as long as this object.
  std::map<std::string, rem::ConnectionRequester*> requesters() const;

  /// Before the thread of `home` runs, or on it; stop() likewise, or when it does not run any more.
  void start();
  void stop();

 private:
  std::map<std::string, std::unique_ptr<rem::ExternalEngine>> engines_;
};

}  // namespace nscl::app
