// SPDX-License-Identifier: Apache-2.0
// What the commands about keys and devices work on.
#pragma once

#include <memory>

#include <nscl/security/keystore.h>

#include "command_store.h"

namespace nscl::app {

/// The store and what wraps its keys, for one command.
class KeyAccess {
 public:
  KeyAccess(const ConfigSource& source, bool may_make, char** environment)
      : config_(load_config(source, environment)), store_(open_store(config_, may_make)), keystore_(*store_, keystore_options(config_), system_clock()) {}
  KeyAccess(const KeyAccess&) = delete;
  KeyAccess& operator=(const KeyAccess&) = delete;
  ~KeyAccess() { store_->stop(); }

  store::Store& store() { return *store_; }
  security::Keystore& keystore() { return keystore_; }
  const Config& config() const { return config_; }

 private:
  Config config_;
  std::unique_ptr<store::Store> store_;
  security::Keystore keystore_;
};

}  // namespace nscl::app
