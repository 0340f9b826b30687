// SPDX-License-Identifier: Apache-2.0
// SafPolicy: what the operator's store-and-forward policies say of a request for another SCL (TS 102 690 annex B.2.1;
// resources.md 4.4, procedures 5.14). They are the safPolicySets below scls/mgmtObjs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nscl/core/primitive.h>
#include <nscl/store/view.h>

#include "next_hop.h"

namespace nscl::delivery {

struct SafPolicy {
  unsigned rcat = 0;                        ///< the request's, else the default of its set
  int rank = 0;                             ///< order in which categories leave: that of the rcatParamLists, else the number
  Time deadline = Time::min();              ///< until then it may be kept; the beginning of time: not at all
  std::optional<std::uint64_t> most_requests, most_bytes;   ///< reached: what waits is to be sent at once
  std::vector<model::ResourcePtr> networks; ///< anpPolicies of the networks the category may use, the preferred first; empty: no rule
};

/// The policy for a request that arrived at `now`: of the set that names its originator, else of the default one, else
/// that it leaves with RCAT_0 and tolerates no delay of which it does not speak itself.
SafPolicy saf_policy_of(store::View& view, const core::RequestIndication& request, Time now);

/// When one of the networks next admits the category, at or after `from`; never if none will within a year.
Time next_admission(const SafPolicy& policy, Time from);

/// The contacts of `hop` in the order of the networks that they stand for, by which the policy prefers to reach an SCL: an
/// m2mPoc stands for the network whose anName is its id. One whose network does not admit the category now counts as asleep.
/// Others come last; without any for a network of the policy all stay as they are.
void choose_paths(NextHop& hop, const SafPolicy& policy, Time now);

/// How long a network is left alone after so many failures in a row; nullopt: the policies do not say.
std::optional<std::chrono::microseconds> block_time(const SafPolicy& policy, unsigned failures, Time now);

}  // namespace nscl::delivery
