// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl file`; what the commands do is in files.cpp.
#include <memory>

#include "command_line.h"

namespace nscl::app {

void add_files(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("file", "What devices fetch, and what they have sent; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<FileCommand>();
  auto* import = add_command(*parent, "import", "Keep a copy of a file, for commands to name it", import_file, options, action);
  import->add_option("FILE", options->file, "The file")->required();
  import->add_option("--name", options->name, "Its name for commands and in URLs: letters, digits, '.', '-', '_'")->required();
  import->add_option("--type", options->type, "FileType of CWMP (default: \"1 Firmware Upgrade Image\")");
  import->add_option("--version", options->version, "Its version");
  auto* oui = import->add_option("--oui", options->oui, "Only for devices of this OUI");
  import->add_option("--product-class", options->product_class, "Only for devices of this ProductClass")->needs(oui);
  import->add_option("--signature", options->signature, "Its signature: CMS, detached, or bare over SHA-256")->type_name("FILE");
  auto* list = add_command(*parent, "list", "List them: name, type, version, octets, SHA-256, signed, OUI, ProductClass, device", list_files, options, action);
  list->add_flag("--json", options->json, "As JSON");
  auto* remove = add_command(*parent, "remove", "Forget a file", remove_file, options, action);
  remove->add_option("NAME", options->name, "Its name")->required();
  add_command(*parent, "verify", "Read all files; exit code 1 if one is not as it was imported", verify_files, options, action);
}

}  // namespace nscl::app
