// SPDX-License-Identifier: Apache-2.0
// Tree: what device management itself writes into the tree, with all that follows from it. On the writer's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nscl/base/time.h>
#include <nscl/core/outbound.h>
#include <nscl/core/policy.h>
#include <nscl/model/registry.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

class Tree {
 public:
  Tree(const model::Registry& registry, std::shared_ptr<const core::Policy> policy, core::Outbound& outbound, store::Transaction& transaction, Time now)
      : registry_(registry), policy_(std::move(policy)), outbound_(outbound), transaction_(transaction), now_(now) {}

  const model::Registry& registry() const { return registry_; }
  store::Transaction& transaction() { return transaction_; }
  Time now() const { return now_; }
  /// The path, with something random behind it if it is taken.
  std::string free_path(std::string path);
  /// "/m2m/..." as it stands in stored references.
  std::string reference(std::string_view path) const;

  Result<model::ResourcePtr> put_new(model::Resource resource);
  Result<model::ResourcePtr> put_changed(model::Resource changed, const model::Resource& before);
  /// With what is below it. No effect if absent.
  Result<void> erase(std::string_view path);

 private:
  const model::Registry& registry_;
  const std::shared_ptr<const core::Policy> policy_;
  core::Outbound& outbound_;
  store::Transaction& transaction_;
  const Time now_;
};

}  // namespace nscl::rem
