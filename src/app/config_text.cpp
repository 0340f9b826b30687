// SPDX-License-Identifier: Apache-2.0
// The table of keys as text: the commented file, the reference, and what differs between two configurations.
#include <algorithm>

#include "config_keys.h"

namespace nscl::app {
namespace {

std::string default_of(const Key& key) {
  Config config;
  set_occurrences(config, key.section, 1);
  return key.get(place_of(config, key.section, 0));
}

std::string rule_of(const Key& key) { return key.type + ", " + key.range + (key.reloads ? "; reloads" : ""); }

void append_commented(std::string& out, std::string_view text) {
  constexpr std::size_t width = 110;
  while (text.size() > width) {
    const std::size_t blank = text.rfind(' ', width);
    out.append("# ").append(text.substr(0, blank)).append("\n");
    text.remove_prefix(blank + 1);
  }
  out.append("# ").append(text).append("\n");
}

void append_section(std::string& out, const Section& section, Place at) {
  append_commented(out, section.comment);
  out += section.is_list ? "[[" + section.name + "]]\n" : "[" + section.name + "]\n";
  for (const Key& key : keys()) {
    if (key.section != section.name) continue;
    out += "\n";
    append_commented(out, key.comment);
    append_commented(out, rule_of(key));
    const std::string value = key.get(at);
    out += key.name + " = " + (key.is_secret && value != default_of(key) ? "\"not:shown\"" : value) + "\n";
  }
}

std::string cell(std::string text) {
  for (std::size_t i = 0; (i = text.find('|', i)) != std::string::npos; i += 2) text.insert(i, "\\");
  return text;
}

std::string environment_name(const Key& key) {
  std::string out = "NSCL_" + key.section + (find_section(key.section)->is_list ? "_0" : "") + "_" + key.name;
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

constexpr std::string_view file_head =
    "# Configuration of nscl: every key with its default. `nscl check-config --config FILE` checks a file,\n"
    "# `nscl check-config --print` writes this one. A key that is left out has its default; an unknown key is an "
    "error.\n"
    "# Times are texts with a unit (ms, s, m, h, d) or a number of seconds; sizes have a unit (B, KiB, MiB, GiB)\n"
    "# or are a number of octets. \"reloads\": SIGHUP takes a new value over, the others need a restart.\n";

constexpr std::string_view reference_head =
    "# Configuration\n\n"
    "`nscl serve` needs no file: each key has a default. A file is TOML and is named with `--config FILE`;\n"
    "`config/nscl.toml` holds every key with its default. `nscl check-config --config FILE` names each problem with\n"
    "file, line and key and exits with 2 if there is one; `--print` shows the values that would be in force.\n"
    "This page is written by `nscl check-config --reference`.\n\n"
    "What wins: command line (`--data-dir`, `--listen`), then environment, then file, then default.\n\n"
    "* Environment: `NSCL_` + section + `_` + key in capitals, such as `NSCL_STORE_DIRECTORY=/srv/nscl`; of a "
    "listener\n"
    "  or peer with its number, such as `NSCL_LISTENER_0_PORT=8081`. Lists are separated by commas. With `_FILE` behind the\n"
    "  name the value is read from the file of that name; that of a credential must be closed to others (mode 0600, or 0440 with\n"
    "  a group of the daemon). An unknown `NSCL_` variable is an error.\n"
    "* Times are texts with a unit (`ms`, `s`, `m`, `h`, `d`) or a number of seconds; sizes have a unit\n"
    "  (`B`, `KiB`, `MiB`, `GiB`) or are a number of octets.\n"
    "* Reload: `SIGHUP` takes over the keys marked \"yes\". If the new file has a problem, or changes another key,\n"
    "  the log says so and the daemon goes on with what it had.\n"
    "* The passwords of principals are in the store, see `nscl principal --help`. The credentials in the configuration are those by which\n"
    "  this SCL is known to others; `--print` does not show them.\n";

}  // namespace

std::string to_toml(const Config& config) {
  Config copy = config;
  std::string out{file_head};
  for (const Section& section : sections()) {
    for (std::size_t i = 0; i < occurrences(copy, section.name); ++i) {
      out += "\n";
      append_section(out, section, place_of(copy, section.name, i));
    }
  }
  return out;
}

std::string configuration_reference() {
  std::string out{reference_head};
  for (const Section& section : sections()) {
    out += "\n## " + (section.is_list ? "[[" + section.name + "]]" : "[" + section.name + "]") + "\n\n" +
           section.comment + "\n\n";
    out += "| Key | Default | Type, range | Reload | What it does | Environment |\n|---|---|---|---|---|---|\n";
    for (const Key& key : keys()) {
      if (key.section != section.name) continue;
      out += "| `" + key.name + "` | `" + cell(default_of(key)) + "` | " + cell(key.type + ": " + key.range) +
             " | " + (key.reloads ? "yes" : "no") + " | " + cell(key.comment) + " | `" + environment_name(key) +
             "` |\n";
    }
  }
  return out;
}

std::vector<std::string> keys_that_need_a_restart(const Config& running, const Config& wanted) {
  Config before = running, after = wanted;
  std::vector<std::string> out;
  for (const Section& section : sections()) {
    const auto stays = [&](const Key& key) { return key.section == section.name && !key.reloads; };
    const bool is_fixed = std::any_of(keys().begin(), keys().end(), stays);
    if (is_fixed && occurrences(before, section.name) != occurrences(after, section.name)) return {section.name};
  }
  for (const Key& key : keys()) {
    if (key.reloads) continue;
    for (std::size_t i = 0; i < occurrences(before, key.section); ++i) {
      if (key.get(place_of(before, key.section, i)) == key.get(place_of(after, key.section, i))) continue;
      out.push_back(key.path());
      break;
    }
  }
  return out;
}

}  // namespace nscl::app
