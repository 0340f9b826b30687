// SPDX-License-Identifier: Apache-2.0
// Presence rules (M, O, NP) of a request's attributes. Types, cardinality and enumerations were checked by the codec.
#pragma once

#include <nscl/base/error.h>
#include <nscl/model/resource_type.h>
#include <nscl/model/value.h>

namespace nscl::model {

/// Checks a CREATE body: every M attribute present, no NP attribute. With `tolerant` (OM2M dialect) NP attributes are
/// removed from `body` instead of refused.
Result<void> check_create(const ResourceType& type, Object& body, bool tolerant);

/// Checks an UPDATE body against the `current` representation: an NP attribute is refused unless it equals the current
/// value, so that a client may PUT back what it got; M attributes must be there unless `merge`. NP attributes that pass
/// are removed from `body`.
Result<void> check_update(const ResourceType& type, Object& body, const Object& current, bool merge, bool tolerant);

}  // namespace nscl::model
