// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl key`; what the commands do is in keys.cpp.
#include <unistd.h>

#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

using KeyOptions = std::shared_ptr<KeyCommand>;

/// --key-file, --key-stdin, --weak; without them a random key.
void add_octets(CLI::App& command, const KeyOptions& options) {
  auto* group = command.add_option_group("key", "Where the key comes from (default: a random one is made and shown once)");
  group
      ->add_option_function<std::string>(
          "--key-file",
          [options](const std::string& file) {
            options->key = KeySource::file;
            options->key_file = file;
          },
          "First line of a file: hex:... or base64:...")
      ->type_name("FILE");
  group->add_flag_callback("--key-stdin", [options] { options->key = KeySource::standard_input; }, "First line of standard input");
  group->require_option(0, 1);
  command.add_flag("--weak", options->may_be_weak, "Take a key that can be guessed");
}

void add_adding_key(CLI::App& parent, const KeyOptions& options, Action& action) {
  auto* add = add_command(parent, "add", "Add a key", add_key, options, action);
  add->add_option("IDENTITY", options->identity, "What the device says in the TLS handshake, the application in a signature")->required();
  auto* entity = add->add_option("--entity", options->entity, "Whom it proves: scls/ID or applications/ID");
  auto* scl = add->add_option_function<std::string>("--scl", [options](const std::string& id) { options->entity = "scls/" + id; }, "Short for --entity scls/ID")
                  ->type_name("ID")
                  ->excludes(entity);
  add->add_option_function<std::string>(
         "--application",
         [options](const std::string& id) {
           options->entity = "applications/" + id;
           options->signs = true;
         },
         "An application key (Kma) for this application: its requests may be signed with it (NSCL-HMAC)")
      ->type_name("ID")
      ->excludes(entity, scl);
  add->add_option("--not-after", options->not_after, "When it ends, as 2031-12-31T23:59:59Z (default: never)")->type_name("TIME");
  add_octets(*add, options);
}

void add_key_import(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("import", "Import keys from a CSV file, all of them or none (docs/keys.md)");
  const auto options = std::make_shared<KeyImportCommand>();
  add_source(*command, options->source);
  command->add_option("FILE", options->file, "Readable by its owner alone")->required();
  command->add_flag("--dry-run", options->is_dry, "Check the file only");
  command->add_flag("--weak", options->may_be_weak, "Take keys that can be guessed");
  command->callback([options, &action] { action = [options] { return import_keys(*options, environ); }; });
}

void add_rotate(CLI::App& parent, const KeyOptions& options, Action& action) {
  auto* rotate = parent.add_subcommand("rotate", "Another key under an identity, or other keys that wrap all of them");
  add_source(*rotate, options->source);
  const auto master = std::make_shared<std::string>();
  const auto is_data = std::make_shared<bool>(false);
  auto* what = rotate->add_option_group("what", "Which key");
  what->add_option("IDENTITY", options->identity, "This one");
  what->add_flag("--data", *is_data, "The data key: everything is wrapped anew");
  what->add_option("--master", *master, "The master key; its new source: file:/PATH, credential:NAME or command:/PATH")->type_name("SOURCE");
  what->require_option(1);
  add_octets(*rotate, options);
  rotate->callback([options, master, is_data, &action] {
    action = [options, master, is_data] {
      if (*is_data) return change_data_key(options->source, environ);
      if (!master->empty()) return change_master_key(options->source, *master, environ);
      return rotate_key(*options, environ);
    };
  });
}

void add_request(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("export-request", "Write a key file without keys, for the maker of devices to fill in");
  const auto options = std::make_shared<KeyRequestCommand>();
  command->add_option("--count", options->count, "How many devices")->check(CLI::Range(1, 1'000'000))->required();
  command->add_option("--prefix", options->prefix, "What each identity and each id of an SCL begins with");
  command->callback([options, &action] { action = [options] { return request_keys(*options); }; });
}

}  // namespace

void add_keys(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("key", "Pre-shared keys of devices; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<KeyCommand>();
  add_adding_key(*parent, options, action);
  add_key_import(*parent, action);
  auto* list = add_command(*parent, "list", "List the keys: identity, kind, state, entity, index, generation, end, check value", list_keys, options, action);
  list->add_flag("--json", options->json, "As JSON");
  auto* revoke = add_command(*parent, "revoke", "Revoke a key, for good", revoke_key, options, action);
  revoke->add_option("IDENTITY", options->identity, "Its identity")->required();
  add_rotate(*parent, options, action);
  add_request(*parent, action);
}

}  // namespace nscl::app
