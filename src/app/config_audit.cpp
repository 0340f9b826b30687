// SPDX-License-Identifier: Apache-2.0
// The keys of [audit].
#include "config_entry.h"

namespace nscl::app {

void add_audit(std::vector<Key>& out) {
  out.push_back(Entry("audit", "retention", "Records older than this are deleted, the oldest first; \"0s\" keeps them for ever.")
                    .reloads()
                    .time(std::chrono::milliseconds{0}, 36'500 * day, [](Place at) -> auto& { return at.config.audit_retention; }));
}

}  // namespace nscl::app
