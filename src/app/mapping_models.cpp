// SPDX-License-Identifier: Apache-2.0
// Models of CPEs in mapping files (docs/models.md).
#include <array>

#include "mapping_reader.h"

namespace nscl::app {
namespace {

constexpr std::int64_t most_in_batch = 1024, longest_rpc = 3600;   // seconds
constexpr std::int64_t largest_message_size = 1 << 20;            // octets

}  // namespace

void MappingReader::event(std::optional<rem::tr069::Event>& out, const toml::node& node, const std::string& path) {
  using rem::tr069::Event;
  std::string code;
  text(code, node, path);
  if (code.empty()) return;
  const auto event = rem::tr069::event_of(code);
  const bool is_sign_of_life = event == Event::periodic || event == Event::heartbeat;
  if (is_sign_of_life || event >= Event::vendor) problem(node, path, "\"" + code + "\" is no event that can tell of a restart, such as \"1 BOOT\"");
  else out = event;
}

bool MappingReader::model_key(rem::tr069::ModelOptions& out, std::string_view name, const toml::node& node) {
  const std::string key(name);
  std::int64_t value = 0;
  if (key == "boolean_literal") out.style.boolean_words = choice({"words", "digits"}, node, key) == 0;
  else if (key == "date_milliseconds") flag(out.style.date_milliseconds, node, key);
  else if (key == "gpv_batch") number(value, node, key, most_in_batch), out.gpv_batch = static_cast<std::size_t>(value);
  else if (key == "spv_batch") number(value, node, key, most_in_batch), out.spv_batch = static_cast<std::size_t>(value);
  else if (key == "skip_root_gpn") flag(out.skip_root_gpn, node, key);
  else if (key == "no_gpn") flag(out.no_gpn, node, key);
  else if (key == "cookie_path") flag(out.cookie_path, node, key);
  else if (key == "end_with_200") flag(out.end_with_200, node, key);
  else if (key == "download_scheme") out.download_scheme = choice({"http", "https"}, node, key) == 0 ? "http" : "https";
  else if (key == "success_on_timeout") flag(out.success_on_timeout, node, key);
  else if (key == "reboot_event") event(out.reboot_event, node, key);
  else if (key == "conn_req_auth") out.basic_calls = choice({"digest", "basic"}, node, key) == 1;
  else if (key == "rpc_timeout") number(value, node, key, longest_rpc), out.rpc_timeout = std::chrono::seconds(value);
  else return false;
  return true;
}

bool MappingReader::dm_model_key(rem::omadm::DmModelOptions& out, std::string_view name, const toml::node& node) {
  using Least = rem::omadm::DmAuthentication;
  const std::string key(name);
  std::int64_t value = 0;
  if (key == "authentication") out.authentication = std::array{Least::basic, Least::md5, Least::mac}.at(choice({"basic", "md5", "mac"}, node, key));
  else if (key == "uses_atomic") flag(out.uses_atomic, node, key);
  else if (key == "cred_in_each_message") flag(out.cred_in_each_message, node, key);
  else if (key == "status_for_results") flag(out.status_for_results, node, key);
  else if (key == "hmac_by_rfc_2104") flag(out.hmac_by_rfc_2104, node, key);
  else if (key == "raw_binary") flag(out.raw_binary, node, key);
  else if (key == "get_items") number(value, node, key, most_in_batch), out.get_items = static_cast<std::size_t>(value);
  else if (key == "message_size") number(value, node, key, largest_message_size), out.message_size = static_cast<std::uint64_t>(value);
  else if (key == "own_message_size") number(value, node, key, largest_message_size), out.own_message_size = static_cast<std::uint64_t>(value);
  else return false;
  return true;
}

void MappingReader::model(rem::ModelRule& rule, const toml::table& members) {
  rule.protocol = protocol_;
  for (const auto& [name, member] : in_order(members)) {
    if (name == "match") match(rule.match, *member);
    else if (!(is_dm() ? dm_model_key(rule.dm_options, name, *member) : model_key(rule.options, name, *member))) unknown(*member, name);
  }
  // One that fits all would hide those that the program knows.
  if (rule.match == rem::ModelMatch{}) problem(members, "match", "is missing: which models the entry is for");
}

}  // namespace nscl::app
