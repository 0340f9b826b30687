// SPDX-License-Identifier: Apache-2.0
// The command lines of `nscl node` and `nscl bootstrap-device`; what the commands do is in nodes.cpp and device.cpp.
#include <unistd.h>

#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

using NodeFunction = int (*)(const NodeCommand&, char**);

void add_device(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("bootstrap-device", "Play a device: bootstrap, service connection, registration (docs/bootstrap.md)");
  const auto options = std::make_shared<DeviceCommand>();
  const auto file = [&](const std::string& name, std::string& place, const std::string& help) {
    return command->add_option(name, place, help)->type_name("FILE");
  };
  command->add_option("--url", options->bootstrap, "Where to bootstrap: https://host:port")->required();
  auto* certificate = file("--cert", options->certificate, "Certificate of the device (PEM)");
  file("--key", options->private_key, "Its private key (PEM)")->needs(certificate);
  auto* ca = file("--ca", options->ca, "Who signed the server's certificate (PEM)");
  certificate->needs(ca)->needs(command->get_option("--key"));
  file("--voucher-file", options->voucher_file, "A voucher of `nscl node expect --voucher`, in place of certificates")->excludes(certificate)->excludes(ca);
  command->add_option("--connect", options->connection, "Where to ask for a service connection (default: what the bootstrap says)")->type_name("HOST:PORT");
  command->add_option("--mid", options->mid, "Where to register the SCL (default: nowhere)")->type_name("HOST:PORT");
  command->add_option("--base", options->scl_base, "Path of the sclBase there")->capture_default_str();
  file("--save", options->save, "Keep node id and keys in this file, mode 0600");
  command->callback([options, certificate, &action] {
    if (options->voucher_file.empty() && !*certificate) throw CLI::RequiredError("--cert or --voucher-file");
    action = [options] { return bootstrap_device(*options); };
  });
}

}  // namespace

void add_nodes(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("node", "Devices and their bootstrap; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<NodeCommand>();
  const auto add = [&](const std::string& name, const std::string& help, NodeFunction function) {
    auto* command = add_command(*parent, name, help, function, options, action);
    command->add_option("HARDWARE", options->hardware, "Its hardware id")->required();
    return command;
  };
  auto* expect = add("expect", "Add a device that may bootstrap", expect_node);
  expect->add_option("--scl", options->scl_id, "Id of the SCL on it (default: its node id)")->type_name("ID");
  expect->add_option("--environment", options->environment, "Where it keeps keys: none, software, tee, se or tpm")->type_name("CLASS");
  expect->add_flag("--voucher", options->with_voucher, "Make a voucher in place of a certificate; also for a device that is there already");
  auto* import = parent->add_subcommand("import", "Add the devices in a file, all of them or none: lines HARDWARE[,SCL[,ENVIRONMENT]]");
  const auto wanted = std::make_shared<NodeImportCommand>();
  add_source(*import, wanted->source);
  import->add_option("FILE", wanted->file, "The file")->required();
  import->callback([wanted, &action] { action = [wanted] { return import_nodes(*wanted, environ); }; });
  add_command(*parent, "list", "List the devices: hardware id, state, node, SCL, index of the root key", list_nodes, options, action)
      ->add_flag("--json", options->json, "As JSON");
  add("block", "Revoke its keys and give it none", block_node);
  add("unblock", "Expect a blocked device again", unblock_node);
  add("approve", "Let a bootstrapped device bootstrap once more", approve_node);
  add("erase", "Revoke its keys and forget its node", erase_node)
      ->add_option("--index", options->index, "Index of its root key, as `list` has it, so that no other one is meant")->required();
  add_device(app, action);
}

}  // namespace nscl::app
