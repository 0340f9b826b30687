// SPDX-License-Identifier: Apache-2.0
// The answer to a request that went through a channel, as its client sends it to the longPollingURI (procedures 5.10.2, 5.10.4).
#pragma once

#include <nscl/base/error.h>
#include <nscl/core/primitive.h>
#include <nscl/delivery/poll.h>

namespace nscl::delivery {

/// Reads either form: the fields of the ONG family, or a responseNotify; bad_request if that is none.
Result<core::ResponseConfirm> confirm_in(const PollRequest& request);

}  // namespace nscl::delivery
