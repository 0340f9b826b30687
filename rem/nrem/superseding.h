// SPDX-License-Identifier: Apache-2.0
// What an UPDATE means while older ones of the same resource wait for the device (rem.md 5.3 rule 8): the device is to end as if it
// had been there all the time, and each of them had been done at once.
#pragma once

#include <vector>

#include <nscl/core/primitive.h>
#include <nscl/rem/mapping.h>
#include <nscl/store/transaction.h>

#include "effect.h"

namespace nscl::rem {

/// The resource as the older ones are going to make it, in what the newer one decides: all attributes if it replaces the resource, else those
/// that it names or changes.
model::Resource expected_from(const std::vector<store::Operation>& older, const model::Resource& before, const model::Resource& after,
                              const core::RequestIndication& request);

/// What has to be set: what differs from how it is, or is going to be.
Result<std::vector<Leaf>> leaves_to_set(const DeviceMapping& mapping, const model::Resource& before, const model::Resource& expected,
                                        const model::Resource& after);

/// Of what `after` is a difference that stays true whatever becomes of the older ones.
model::Resource base_of_difference(const model::Resource& before, const model::Resource& expected, const model::Resource& after);

/// Whether the resource is as `after` once it was changed so, and keeps nothing that is not named there.
bool is_whole(const model::Resource& before, const model::Resource& after);

/// The older ones do not change any more what `newer` changes in the tree alone.
Result<void> let_go_of(store::Transaction& transaction, std::vector<store::Operation> older, const Effect& newer);

}  // namespace nscl::rem
