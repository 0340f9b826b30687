// SPDX-License-Identifier: Apache-2.0
#include "external.h"

#include <nscl/rem/genieacs.h>

namespace nscl::app {
namespace {

std::unique_ptr<rem::ExternalAcs> driver_of(const ExternalAcsConfig& acs, rem::Files& files, boost::asio::io_context& home, net::WebClientOptions web) {
  rem::GenieAcsOptions options;
  options.uri = acs.uri;
  options.files = [&files](std::string name, std::uint64_t limit) { return files.copy(std::move(name), limit); };
  const auto colon = acs.credential.find(':');
  if (colon != acs.credential.npos) {
    options.user = acs.credential.substr(0, colon);
    options.password = Secret(std::string_view(acs.credential).substr(colon + 1));
  }
  return rem::make_genieacs(home, std::move(web), std::move(options));
}

}  // namespace

External::External(const Config& config, rem::TicketedWork& work, rem::Files& files, store::Store& store, const Clock& clock, boost::asio::io_context& home,
                   std::shared_ptr<const net::OutgoingTls> tls) {
  auto web = config.outgoing;
  web.tls = std::move(tls);
  for (const auto& acs : config.external_acs) {
    rem::ExternalOptions options = acs;
    options.takes_all = acs.devices == ExternalAcsConfig::Devices::all;
    engines_[acs.name] = std::make_unique<rem::ExternalEngine>(work, store, clock, home, driver_of(acs, files, home, web), std::move(options));
  }
}

std::map<std::string, rem::ConnectionRequester*> External::requesters() const {
  std::map<std::string, rem::ConnectionRequester*> out;
  for (const auto& [name, engine] : engines_) out[name] = engine.get();
  return out;
}

void External::start() {
  for (const auto& [name, engine] : engines_) engine->start();
}

void External::stop() {
  for (const auto& [name, engine] : engines_) engine->stop();
}

}  // namespace nscl::app
