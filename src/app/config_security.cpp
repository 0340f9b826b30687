// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about keys.
#include <nscl/security/master_key.h>

#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_master(const std::string& text) {
  const auto problem = text.empty() ? std::nullopt : security::problem_of_master_source(text);
  return problem ? Problem(quote(text) + " " + *problem) : std::nullopt;
}

}  // namespace

void add_keystore(std::vector<Key>& out) {
  out.push_back(Entry("keystore", "master",
                      "Where the master key comes from, under which all keys in the store are wrapped; \"\": the file master.key "
                      "in store.directory, made at the first start.")
                    .text("\"file:/PATH\", \"credential:NAME\", \"command:/PATH\", or empty", check_master,
                          [](Place at) -> auto& { return at.config.keystore.master; }));
  out.push_back(Entry("keystore", "decoy",
                      "Let a handshake with an unknown identity look like one with a wrong key; false tells whoever connects "
                      "which identities there are.")
                    .flag([](Place at) -> auto& { return at.config.keystore.decoy; }));
}

}  // namespace nscl::app
