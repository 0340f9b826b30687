// SPDX-License-Identifier: Apache-2.0
// make_tree: the sclBase and the accessRights of a first start.
#pragma once

#include <nscl/base/error.h>
#include <nscl/core/policy.h>
#include <nscl/model/registry.h>
#include <nscl/store/transaction.h>

namespace nscl::core {

/// AR_DEFAULT lets every authenticated entity read and discover what the sclBase holds; the OM2M dialect's right gives
/// `admin` everything and `guest` READ and DISCOVER. No effect on a tree that exists.
Result<void> make_tree(store::Transaction& transaction, const model::Registry& registry, const Policy& policy);

}  // namespace nscl::core
