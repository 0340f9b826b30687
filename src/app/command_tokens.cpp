// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl token`; what the commands do is in tokens.cpp.
#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

using TokenOptions = std::shared_ptr<TokenCommand>;

void add_adding_token(CLI::App& parent, const TokenOptions& options, Action& action) {
  auto* add = add_command(parent, "add", "Make a token; it is shown once", add_token, options, action);
  add->add_option("PRINCIPAL", options->principal, "Whom it stands for")->required();
  add->add_option("--flags", options->flags, "What it may be used for: READ,WRITE,CREATE,DELETE,DISCOVER (default: all of them)")
      ->type_name("FLAGS")
      ->delimiter(',')
      ->allow_extra_args(false);
  add->add_option("--path", options->paths, "Where: /applications/meter and what lies below it; may be repeated (default: everywhere)")
      ->type_name("PATH")
      ->allow_extra_args(false);
  add->add_option("--network", options->networks, "Where from, as 10.0.0.0/8; may be repeated (default: from everywhere)")
      ->type_name("NETWORK")
      ->allow_extra_args(false);
  add->add_option("--expires", options->life, "How long it is good, as 12h or 90d; at most 365d")->type_name("TIME")->capture_default_str();
  add->add_option("--name", options->name, "What it is for, for `list`")->type_name("TEXT");
}

}  // namespace

void add_tokens(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("token", "Bearer tokens of principals; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<TokenCommand>();
  add_adding_token(*parent, options, action);
  auto* list = add_command(*parent, "list", "List the tokens: id, principal, name, flags, paths, networks, end", list_tokens, options, action);
  list->add_flag("--json", options->json, "As JSON");
  auto* revoke = add_command(*parent, "revoke", "Revoke a token, for good", revoke_token, options, action);
  revoke->add_option("ID", options->id, "Its id, the middle part of nscl_ID_SECRET")->required();
}

}  // namespace nscl::app
