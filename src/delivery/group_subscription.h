// SPDX-License-Identifier: Apache-2.0
// A subscription at all members of a group: each gets an aggregateURI of this SCL, so that what they notify reaches the
// subscriber together (procedures 5.9.6).
#pragma once

#include <boost/asio/io_context.hpp>

#include <nscl/model/registry.h>
#include <nscl/net/async.h>
#include <nscl/store/store.h>

#include "round.h"

namespace nscl::delivery {

/// Puts it into the body of a request that makes such subscriptions; others, and bodies that the members will refuse, stay
/// as they are. Fails with bad_request if collections could not go where the body says, or as the store fails.
net::Task<Result<void>> collect_at_host(const model::Registry& registry, store::Store& store, Common& common, boost::asio::io_context& context);

}  // namespace nscl::delivery
