// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl audit`.
#include "command_line.h"

namespace nscl::app {
namespace {

void add_filter(CLI::App& command, AuditCommand& options) {
  command.add_option("--from", options.from, "Not before this time, as 2026-01-31T00:00:00Z")->type_name("TIME");
  command.add_option("--to", options.to, "Not after this time")->type_name("TIME");
  command.add_option("--event", options.event, "Only this event, as application.created");
  command.add_option("--principal", options.principal, "Only what this principal did");
  command.add_option("--after", options.after, "Only records after this number")->type_name("SEQ");
}

}  // namespace

void add_audit(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("audit", "The audit trail: read, verify, erase; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<AuditCommand>();

  auto* list = add_command(*parent, "list", "List records, one a line: number, time, event, principal, source, target, status, detail, note", list_audit, options, action);
  add_filter(*list, *options);
  list->add_option("--limit", options->limit, "At most this many (default: 100)")->check(CLI::Range(1, 1'000'000));

  auto* exported = add_command(*parent, "export", "Write records as JSON lines, with all that a verifier needs", export_audit, options, action);
  add_filter(*exported, *options);

  auto* verify = add_command(*parent, "verify", "Exit code 3 if a record is not as it was written; its number is named", verify_audit_trail, options, action);
  verify->add_option("--from", options->first, "First record to look at")->type_name("SEQ")->check(CLI::PositiveNumber);
  verify->add_option("--to", options->last, "Last record to look at")->type_name("SEQ")->check(CLI::PositiveNumber);
  verify->add_option("--head", options->head_file, "What `nscl audit head` wrote earlier: the trail must still hold it")->type_name("FILE");

  add_command(*parent, "head", "Write the newest record's number and hash, to be kept elsewhere", show_audit_head, options, action);

  auto* erase = add_command(*parent, "erase", "Erase the personal data of an entity; the records stay", erase_audit, options, action);
  erase->add_option("--entity", options->entity, "applications/ID, scls/ID or an absolute URI")->required();
}

}  // namespace nscl::app
