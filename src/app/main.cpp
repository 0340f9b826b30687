// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl`; what the commands do is in commands.h.
#include <unistd.h>

#include <iostream>

#include "command_line.h"
#include "process.h"

void nscl::app::add_source(CLI::App& command, ConfigSource& source) {
  command.add_option("--config", source.file, "Configuration file (TOML); without one the defaults hold")
      ->type_name("FILE");
  command.add_option("--data-dir", source.overrides.data_dir, "Directory of the database; replaces store.directory")
      ->type_name("DIR");
}

namespace {

using namespace nscl::app;

void add_serve(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("serve", "Run the daemon in the foreground");
  const auto options = std::make_shared<ServeCommand>();
  add_source(*command, options->source);
  command
      ->add_option("--listen", options->source.overrides.listen,
                   "Address and port, as 127.0.0.1:8080 or [::1]:8080; may be repeated")
      ->type_name("ADDR:PORT");
  command->add_flag("--allow-root", options->allow_root, "Serve other hosts as root, though server.user names nobody to become");
  command->callback([options, &action] { action = [options] { return serve(*options, environ); }; });
}

void add_check_config(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("check-config", "Check a configuration; exit code 2 if it has a problem");
  const auto options = std::make_shared<CheckConfigCommand>();
  add_source(*command, options->source);
  command->add_option("--listen", options->source.overrides.listen, "As for serve")->type_name("ADDR:PORT");
  command->add_flag("--print", options->print, "Write the configuration that would be in force");
  command->add_flag("--reference", options->reference, "Write the reference of all keys (Markdown)");
  command->callback([options, &action] { action = [options] { return check_config(*options, environ); }; });
}

/// --password-file, --password-stdin, --without-password; none of them: a random one.
void add_password(CLI::App& command, PrincipalCommand& options) {
  auto* group = command.add_option_group(
      "password", "Where the password comes from (default: a random one is made and shown once)");
  group
      ->add_option_function<std::string>(
          "--password-file",
          [&options](const std::string& file) {
            options.password = PasswordSource::file;
            options.password_file = file;
          },
          "First line of a file")
      ->type_name("FILE");
  group->add_flag_callback(
      "--password-stdin", [&options] { options.password = PasswordSource::standard_input; },
      "First line of standard input");
  group->add_flag_callback(
      "--without-password", [&options] { options.password = PasswordSource::none; }, "Anybody may use the name");
  group->require_option(0, 1);
}

void add_digest(CLI::App& command, PrincipalCommand& options) {
  command.add_flag("--digest", options.digest, "Also keep what HTTP Digest is judged by, wrapped like the keys of `nscl key`");
}

/// --certificate, beside the ways of add_password().
void add_certificate(CLI::App& command, PrincipalCommand& options) {
  auto* group = command.get_option_group("password");
  group
      ->add_option_function<std::string>(
          "--certificate",
          [&options](const std::string& name) {
            options.password = PasswordSource::certificate;
            options.certificate = name;
          },
          "None: a client certificate with this name proves it (URI:... or DNS:...)")
      ->type_name("NAME");
}

void add_principals(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("principal", "Who may authenticate, and as whom; works while the daemon runs");
  parent->require_subcommand(1);
  const auto options = std::make_shared<PrincipalCommand>();

  auto* add = add_command(*parent, "add", "Add a principal", add_principal, options, action);
  auto* name = add->add_option("NAME", options->name, "Name it authenticates with (default with --scl: the id)");
  auto* entity = add->add_option("--entity", options->entity,
                                 "applications/ID, scls/ID or an absolute URI (default: applications/NAME)");
  add->add_option_function<std::string>(
         "--scl",
         [options](const std::string& id) {
           options->entity = "scls/" + id;
           if (options->name.empty()) options->name = id;
         },
         "Short for --entity scls/ID")
      ->type_name("ID")
      ->excludes(entity);
  add->add_flag("--operator", options->is_operator, "May do everything, as the SCL itself");
  add_password(*add, *options);
  add_certificate(*add, *options);
  add_digest(*add, *options);
  add->callback([options, &action, add] {
    if (options->name.empty()) throw CLI::RequiredError("NAME");
    action = [options] { return add_principal(*options, environ); };
  });
  (void)name;

  auto* remove = add_command(*parent, "remove", "Remove a principal", remove_principal, options, action);
  remove->add_option("NAME", options->name, "Its name")->required();

  auto* list = add_command(*parent, "list", "List the principals: name, entity, role", list_principals, options, action);
  list->add_flag("--json", options->json, "As JSON");

  auto* passwd = add_command(*parent, "passwd", "Change a password", change_password, options, action);
  passwd->add_option("NAME", options->name, "Its name")->required();
  add_password(*passwd, *options);
  add_digest(*passwd, *options);
}

void add_healthcheck(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("healthcheck", "Exit code 0 if the daemon on this host is ready");
  const auto options = std::make_shared<HealthcheckCommand>();
  add_source(*command, options->source);
  command->add_option("--url", options->url, "What to ask (default: /readyz of the first listener)");
  command->callback([options, &action] { action = [options] { return healthcheck(*options, environ); }; });
}

}  // namespace

int main(int argc, char** argv) try {
  protect_process();
  Action action;
  CLI::App app{"nscl: an ETSI M2M network service capability layer"};
  app.require_subcommand(1);
  add_serve(app, action);
  add_check_config(app, action);
  add_principals(app, action);
  add_tokens(app, action);
  add_keys(app, action);
  add_nodes(app, action);
  add_devices(app, action);
  add_fleets(app, action);
  add_pseudonyms(app, action);
  add_audit(app, action);
  add_integrity(app, action);
  add_simulators(app, action);
  add_files(app, action);
  add_healthcheck(app, action);
  app.add_subcommand("version", "Print the version")->callback([&action] {
    action = [] {
      std::cout << "nscl " << version_text() << '\n';
      return int{exit_ok};
    };
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return action();
} catch (const std::exception& error) {
  std::cerr << "nscl: " << error.what() << '\n';
  return exit_failure;
}
