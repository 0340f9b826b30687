// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl pseudonym`; what it does is in pseudonyms.cpp.
#include <unistd.h>

#include <memory>

#include "command_line.h"

namespace nscl::app {

void add_pseudonyms(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("pseudonym", "Whom receivers were told a pseudonym of; works while the daemon runs");
  parent->require_subcommand(1);
  auto* command = parent->add_subcommand("resolve", "Tell whom a pseudonym meant, to whom it was told and when; exit code 1 if nobody");
  const auto options = std::make_shared<ResolvePseudonymCommand>();
  add_source(*command, options->source);
  command->add_option("PSEUDONYM", options->pseudonym, "The URI that the receiver saw, or its last 32 characters")->required();
  command->add_option("--peer", options->peer, "Who saw it, as applications/ID or scls/ID (default: all are tried)")->type_name("ENTITY");
  command->add_option("--days", options->days, "How many days are tried, today first (default: 30)")->check(CLI::Range(1u, 3650u));
  command->callback([options, &action] { action = [options] { return resolve_pseudonym(*options, environ); }; });
}

}  // namespace nscl::app
