// SPDX-License-Identifier: Apache-2.0
// Consumer: what handles the lanes of the outbox whose name begins with its own.
#pragma once

#include <nscl/net/async.h>
#include <nscl/store/outbox.h>

namespace nscl::delivery {

class Consumer {
 public:
  virtual ~Consumer() = default;

  /// Called when the lane is due, on the pump's thread, and never while an earlier call for the same lane is under way.
  /// It does what it can and writes what came of it: the lane with another due time, or its end. A lane that is left as
  /// it was is looked at again after a while. Whatever it throws is logged and counts as that.
  virtual net::Task<void> run(store::Lane lane) = 0;
};

}  // namespace nscl::delivery
