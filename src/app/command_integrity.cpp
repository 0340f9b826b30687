// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl integrity` and `nscl quarantine`; what the commands do is in integrity.cpp.
#include <unistd.h>

#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

void add_list(CLI::App& parent, Action& action) {
  auto* list = parent.add_subcommand("list", "List the results, newest first: SCL, received, verdict, ivalResults, secureTimeStamp, node");
  const auto options = std::make_shared<IntegrityCommand>();
  add_source(*list, options->source);
  list->add_option("--scl", options->scl, "Of this SCL only")->type_name("ID");
  list->add_flag("--json", options->json, "As JSON");
  list->callback([options, &action] { action = [options] { return list_integrity(*options, environ); }; });
}

}  // namespace

void add_integrity(CLI::App& app, Action& action) {
  auto* integrity = app.add_subcommand("integrity", "What devices told of their integrity; works while the daemon runs");
  integrity->require_subcommand(1);
  add_list(*integrity, action);

  auto* parent = app.add_subcommand("quarantine", "SCLs that are kept apart; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<QuarantineCommand>();
  auto* add = add_command(*parent, "add", "Revoke its connection keys, end its sessions, refuse requests from it and to it", add_quarantine, options, action);
  add->add_option("SCL", options->scl, "Its id")->required();
  add->add_option("--reason", options->reason, "For other operators")->type_name("TEXT");
  auto* remove = add_command(*parent, "remove", "Lift it; the device needs a new connection key, or the key it has always had", remove_quarantine, options, action);
  remove->add_option("SCL", options->scl, "Its id")->required();
  auto* list = add_command(*parent, "list", "List them: SCL, since, reason", list_quarantine, options, action);
  list->add_flag("--json", options->json, "As JSON");
}

}  // namespace nscl::app
