// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl fleet`; what the commands do is in fleets.cpp.
#include <memory>

#include "command_line.h"

namespace nscl::app {

void add_fleets(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("fleet", "EXECUTEs for all members of a group; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<FleetCommand>();
  const auto add = [&](const std::string& name, const std::string& help, int (*function)(const FleetCommand&, char**)) {
    return add_command(*parent, name, help, function, options, action);
  };
  auto* list = add("list", "List them, the newest first: id, state, group, path, requester, start, members, begun, done, failed, cancelled, refused", list_fleets);
  auto* show = add("show", "Show how one goes", show_fleet);
  show->add_flag("--members", options->with_members, "Its members instead: position, member, state, device, resource, code, text");
  for (auto* command : {list, show}) command->add_flag("--json", options->json, "As JSON");
  auto* stop = add("stop", "Begin nothing more, and cancel what devices were not told of", stop_fleet);
  for (auto* command : {show, stop}) command->add_option("ID", options->fleet, "Its number in `list`")->required()->check(CLI::PositiveNumber);
}

}  // namespace nscl::app
