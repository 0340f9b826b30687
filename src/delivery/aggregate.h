// SPDX-License-Identifier: Apache-2.0
// membersContentResponses: what the members of a group answered, as one document (TS 102 921 10.23; resources.md 3.24).
#pragma once

#include <optional>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>

#include "members.h"

namespace nscl::delivery {


/// True for the answers of a member that did what it was asked.
bool is_fulfilled(Status status);

/// One status for each member; a member without an answer was too late.
core::ResponseConfirm aggregate(const core::RequestIndication& request, const core::Target& target, const core::Policy& policy,
                                const std::vector<Member>& members, const std::vector<std::optional<core::ResponseConfirm>>& answers);

}  // namespace nscl::delivery
