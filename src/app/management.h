// SPDX-License-Identifier: Apache-2.0
// Management: device management in one daemon, the engines of its protocols, and the secret that credentials of devices are wrapped
// under.
#pragma once

#include <memory>

#include <nscl/app/config.h>
#include <nscl/core/pipeline.h>
#include <nscl/rem/alarms.h>
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/nrem.h>
#include <nscl/rem/omadm/dm_server.h>
#include <nscl/rem/tr069/acs.h>
#include <nscl/rem/traces.h>
#include <nscl/rem/wake.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/keystore.h>
#include <nscl/store/store.h>

namespace nscl::app {

/// Those of the program and of the files that the configuration names. Throws ConfigError.
std::shared_ptr<const rem::MappingTable> mappings_of(const Config& config, const model::Registry& registry);

class Management {
 public:
  /// What it stands among; all of it outlives it.
  struct Around {
    const Config& config;
    const model::Registry& registry;
    std::shared_ptr<const rem::MappingTable> mappings;
    store::Store& store;
    security::Keystore& keystore;
    security::Audit& audit;
    const Clock& clock;
    core::Pipeline& pipeline;
    core::Outbound& outbound;
    rem::TransferPlanner& transfers;
    boost::asio::io_context& home;
  };
  /// Waits for the store: at start. Throws std::runtime_error with a text for the operator.
  explicit Management(const Around& around);

  core::Delegate& delegate() { return nrem_; }
  /// For the engines of external ACSs.
  rem::TicketedWork& work() { return nrem_; }
  /// As whom devices are called.
  rem::Logins logins() const;
  /// What is pushed to devices that do not know this SCL yet.
  rem::Pushes pushes() const;

  /// What answers on listeners with purpose "acs": one ACS for all of them, as a session may go on at another.
  std::unique_ptr<net::WebHandler> handler();
  /// The same for listeners with purpose "dm".
  std::unique_ptr<net::WebHandler> dm_handler();

  /// Ends what has waited for too long. To be called every second or so, on the thread of `home`.
  void keep();

 private:
  const std::unique_ptr<security::KeyWrapper> wrapper_;
  boost::asio::io_context& home_;
  const std::shared_ptr<const rem::MappingTable> mappings_;
  rem::Nrem nrem_;
  rem::StoredCpeCredentials credentials_;
  rem::AlarmBell alarms_;
  rem::Traces traces_;
  rem::tr069::Acs acs_;
  rem::omadm::StoredDmAccounts dm_accounts_;
  rem::omadm::DmServer dm_;
};

}  // namespace nscl::app
