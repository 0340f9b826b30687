// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl device`; what the commands do is in managed_devices.cpp and managed_device_changes.cpp.
#include <unistd.h>

#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

using DeviceFunction = int (*)(const ManagedDeviceCommand&, char**);
using DeviceOptions = std::shared_ptr<ManagedDeviceCommand>;

void add_reading(CLI::App& parent, const DeviceOptions& options, Action& action) {
  auto* list = add_command(parent, "list", "List the devices: id, protocol, state, what it is in the tree, gateway, last contact", list_devices, options, action);
  list->add_option("--state", options->state, "Only those that are quarantined, adopted or rejected")->type_name("STATE");
  list->add_option("--gateway", options->gateway, "Only those behind this device")->type_name("ID");
  auto* show = add_command(parent, "show", "Show what is known of a device, and its last 20 events", show_device, options, action);
  show->add_option("ID", options->device, "Its id")->required();
  auto* queue = add_command(parent, "queue", "List what waits for a device: id, kind, resource, state, attempts, due, expires, last outcome", list_operations, options, action);
  queue->add_option("ID", options->device, "Its id")->required();
  auto* events = add_command(parent, "events", "List what devices told, newest first: time, device, code, key, text", list_device_events, options, action);
  events->add_option("ID", options->device, "Of this device only");
  events->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  auto* alarms = add_command(parent, "alarms", "List the alarms: device, kind, since, last time, count, text", list_alarms, options, action);
  auto* whose = alarms->add_option("ID", options->device, "Of this device only");
  alarms->add_option("--clear", options->alarm, "Clear this one of the device")->type_name("KIND")->needs(whose);
  auto* trace = add_command(parent, "trace", "List the sessions that are kept of a device, newest first: number, begin, end, how it ended, messages", trace_device, options, action);
  trace->add_option("ID", options->device, "Its id")->required();
  trace->add_option("WHAT", options->trace, "Number of one to be shown whole; on: keep all of its sessions; off: as of other devices");
  for (auto* command : {list, show, queue, events, alarms, trace}) command->add_flag("--json", options->json, "As JSON");
}

void add_changes(CLI::App& parent, const DeviceOptions& options, Action& action) {
  const auto add = [&](const std::string& name, const std::string& help, DeviceFunction function) {
    auto* command = add_command(parent, name, help, function, options, action);
    command->add_option("ID", options->device, "Its id")->required();
    return command;
  };
  add("cancel", "Cancel an operation that is queued or undecided", cancel_operation)->add_option("OPERATION", options->operation, "Its number in `queue`")->required()->check(CLI::PositiveNumber);
  auto* adopt = add("adopt", "Manage it (by default as what it was, or as an SCL of its own)", adopt_device);
  auto* scl = adopt->add_option("--scl", options->scl, "It is this SCL")->type_name("ID");
  adopt->add_option("--managed", options->managed, "It is this: scls/ID or scls/ID/attachedDevices/ID")->type_name("PATH")->excludes(scl);
  add("quarantine", "Answer its sessions, and send nothing to it", quarantine_device);
  add("reject", "Refuse its sessions", reject_device);
  add("forget", "Delete all that is kept of it beside the tree, its credentials too", forget_device)
      ->add_flag("--with-pending", options->with_pending, "Though operations wait for it, whose ends nobody is told");
  add("connect", "Have the daemon call it now", connect_device);
  add("change-passwords", "Give it new passwords in its next session (OMA-DM)", change_passwords);
}

void add_credential(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("credential", "Set as who a device authenticates here, in place of what it had; or this SCL there");
  const auto options = std::make_shared<DeviceCredentialCommand>();
  add_source(*command, options->source);
  auto* who = command->add_option_group("who", "Whose");
  who->add_option("ID", options->device, "Id of the device");
  auto* oui = who->add_option("--oui", options->oui, "A login that the devices of this OUI share until they have their own")->type_name("OUI");
  who->require_option(1);
  command->add_option("--user", options->user, "Its user name")->required()->type_name("NAME");
  auto* file = command->add_option("--password-file", options->password_file, "First line of a file (default: of standard input)")->type_name("FILE");
  command->add_flag("--connection-request", options->is_connection_request, "As who this SCL calls the device")->excludes(oui);
  command->add_flag("--remove", options->is_removed, "Remove it")->excludes(file);
  command->callback([options, &action] { action = [options] { return set_device_credential(*options, environ); }; });
}

void add_connectivity(CLI::App& command, DeviceBootstrapCommand& options) {
  auto* apn = command.add_option("--apn", options.apn, "The access point by which it reaches the network, if it has to be told (w7 only)")->type_name("NAME");
  auto* user = command.add_option("--apn-user", options.apn_user, "As whom it shows itself there")->type_name("NAME")->needs(apn);
  auto* password = command.add_option("--apn-password-file", options.apn_password_file, "First line of a file: its password there")->type_name("FILE")->needs(user);
  user->needs(password);
  command.add_option("--apn-auth", options.apn_auth, "How it shows it")->check(CLI::IsMember({"chap", "pap"}))->capture_default_str()->needs(user);
  auto* proxy = command.add_option("--proxy", options.proxy, "A proxy of HTTP behind the access point")->check(CLI::ValidIPV4)->type_name("IPV4")->needs(apn);
  command.add_option("--proxy-port", options.proxy_port, "Its port")->check(CLI::Range(1, 65535))->capture_default_str()->needs(proxy);
}

void add_bootstrap(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("bootstrap", "Make the document by which a client of OMA-DM knows this server, with fresh passwords: for a file, or to be pushed (docs/omadm.md)");
  const auto options = std::make_shared<DeviceBootstrapCommand>();
  add_source(*command, options->source);
  command->add_option("ID", options->device, "Its id: how it calls itself, such as urn:imei:...")->required();
  command->add_option("--url", options->url, "Where it calls")->required()->type_name("URL");
  command->add_option("--server-id", options->server_id, "As whom this SCL shows itself to it")->required()->type_name("NAME");
  command->add_option("--name", options->name, "Name of this server for people (default: that of --server-id)")->type_name("TEXT");
  command->add_option("--user", options->user, "As whom it shows itself (default: its id with - for each colon)")->type_name("NAME");
  command->add_option("--scl", options->scl, "It is this SCL")->type_name("ID");
  command->add_option("--profile", options->profile, "Client provisioning (w7), or a message of OMA-DM (dm)")->check(CLI::IsMember({"w7", "dm"}))->capture_default_str();
  add_connectivity(*command, *options);
  auto* sec = command->add_option("--sec", options->sec, "What the document is proven with")->check(CLI::IsMember({"netwpin", "userpin"}));
  auto* pin = command->add_option("--pin-file", options->pin_file, "First line of a file: the pin")->type_name("FILE")->needs(sec);
  command->add_flag("--pin-hex", options->is_pin_hex, "The pin is octets in hexadecimal digits, such as an IMSI in semi-octets")->needs(pin);
  auto* where = command->add_option_group("where", "Where the document goes");
  where->add_option("--out", options->file, "Into a file; only its owner may read it")->type_name("FILE");
  auto* push = where->add_option("--push", options->push, "To the client, by the running daemon: udp://1.2.3.4, tel:+49123; without an address where its scl says");
  push->expected(0, 1)->default_str(trigger_address)->type_name("ADDRESS")->needs(sec);
  where->require_option(1, 2);
  command->add_flag("--xml", options->is_xml, "As XML, to be looked at")->excludes(sec)->excludes(push);
  command->callback([options, &action] { action = [options] { return bootstrap_device(*options, environ); }; });
}

void add_device_import(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("import", "Add the devices in a CSV file, if all of its rows are good (docs/devices.md)");
  const auto options = std::make_shared<DeviceImportCommand>();
  add_source(*command, options->source);
  command->add_option("FILE", options->file, "Readable by its owner alone")->required();
  command->add_flag("--dry-run", options->is_dry, "Check the file only");
  command->callback([options, &action] { action = [options] { return import_devices(*options, environ); }; });
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("device", "Devices that are managed; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<ManagedDeviceCommand>();
  add_reading(*parent, options, action);
  add_changes(*parent, options, action);
  add_credential(*parent, action);
  add_bootstrap(*parent, action);
  add_device_import(*parent, action);
}

}  // namespace nscl::app
