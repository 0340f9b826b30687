// SPDX-License-Identifier: Apache-2.0
// DataKeys: the keys that wrap keys. They are facts of the store, wrapped under the master key; several can be in use at once,
// and another process may have made one, so each is looked for when a row names it.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/security/key_wrapper.h>
#include <nscl/store/store.h>

namespace nscl::security {

class DataKeys {
 public:
  using WrapperPtr = std::shared_ptr<const KeyWrapper>;

  explicit DataKeys(Secret master);

  /// Their names, the one in force last; empty in a new store.
  static std::vector<std::string> names(store::View& view);

  /// An error if it is not there or does not open.
  Result<WrapperPtr> find(store::View& view, const std::string& name) const;
  /// The one in force, with its name.
  struct Current {
    std::string name;
    WrapperPtr wrapper;
  };
  Result<Current> current(store::View& view) const;

  /// Makes one, in force from now on.
  void make(store::Transaction& transaction) const;
  /// Forgets all but the one in force.
  static void forget_others(store::Transaction& transaction);
  /// Wraps all of them under `next`.
  Result<void> change_master(store::Transaction& transaction, Secret next) const;

 private:
  std::unique_ptr<KeyWrapper> master_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, WrapperPtr, std::less<>> known_;
};

}  // namespace nscl::security
