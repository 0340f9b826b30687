// SPDX-License-Identifier: Apache-2.0
// What waits for sleeping SCLs, as its senders and the operator see it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/security/requestor.h>
#include <nscl/store/transaction.h>

namespace nscl::delivery {

struct KeptRequest {
  std::uint64_t id = 0;
  std::string owner;              ///< entity that sent it
  std::string method, target;     ///< as the sender addressed it
  std::string correlation_id;
  unsigned rcat = 0;
  Time created{};
  Time deadline = never;
  unsigned failures = 0;          ///< of its queue, in a row
  std::string error;              ///< the last of them
};

struct Kept {
  std::vector<KeptRequest> requests;
  bool has_more = false;
};

/// The requests that `requestor` has waiting here, an operator: all; those with an id above `after`, `limit` at most.
Kept list_kept(store::View& view, const security::Requestor& requestor, std::uint64_t after, std::size_t limit);

/// Takes one back: by who sent it, or an operator; not_found for anybody else. Whoever sent it is told nothing more.
Result<void> cancel_kept(store::Transaction& transaction, const security::Requestor& requestor, std::uint64_t id);

}  // namespace nscl::delivery
