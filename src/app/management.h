// SPDX-License-Identifier: Apache-2.0
// Management: the engines of management protocols in one daemon, and the secret that their credentials are wrapped under.
#pragma once

#include <memory>

#include <nscl/app/config.h>
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/tr069/acs.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/keystore.h>
#include <nscl/store/store.h>

namespace nscl::app {

class Management {
 public:
  /// All of them outlive it; `work` is device management itself (rem::Nrem), `performing` the functions of rem/tr069/performance.h. Waits
  /// for the store: at start. Throws std::runtime_error with a text for the operator.
  Management(const Config& config, store::Store& store, security::Keystore& keystore, security::Audit& audit, rem::Work& work,
             rem::tr069::Performing performing);

  /// What answers on listeners with purpose "acs": one ACS for all of them, as a session may go on at another.
  std::unique_ptr<net::WebHandler> handler();

  /// Ends sessions whose time is over. To be called every second or so.
  void keep();

 private:
  const std::unique_ptr<security::KeyWrapper> wrapper_;
  rem::StoredCpeCredentials credentials_;
  rem::tr069::Acs acs_;
};

}  // namespace nscl::app
