// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about who asks: keys, quotas, TLS.
#include <algorithm>

#include <nscl/security/master_key.h>

#include "config_entry.h"

namespace nscl::app {
namespace {

/// The keys of a quota, in `section`; `limits` leads to it.
template <class Limits>
void add_limits(std::vector<Key>& out, std::string_view section, Limits limits) {
  constexpr unsigned most = 10'000'000;
  const auto entry = [&](std::string_view name, std::string_view comment) { return std::move(Entry(section, name, comment).reloads()); };
  out.push_back(entry("requests", "Requests a second; 0: no limit.").number(0, most, [limits](Place at) -> auto& { return limits(at).requests.per_second; }));
  out.push_back(entry("requests_burst", "Requests at once after a pause.").number(1, most, [limits](Place at) -> auto& { return limits(at).requests.burst; }));
  out.push_back(entry("writes", "Of these, POST, PUT and DELETE a second; 0: no limit of their own.")
                    .number(0, most, [limits](Place at) -> auto& { return limits(at).writes.per_second; }));
  out.push_back(entry("writes_burst", "Of these at once after a pause.").number(1, most, [limits](Place at) -> auto& { return limits(at).writes.burst; }));
}

Problem check_master(const std::string& text) {
  const auto problem = text.empty() ? std::nullopt : security::problem_of_master_source(text);
  return problem ? Problem(quote(text) + " " + *problem) : std::nullopt;
}

Problem check_pattern(const std::string& text) {
  const auto stands_for_others = [](char c) { return c == '*' || c == '?'; };
  std::string id = text;
  std::ranges::replace_if(id, stands_for_others, 'x');
  return text.empty() || check_id(id) ? Problem(quote(text) + " is no id of an SCL, nor one with * or ? in it") : std::nullopt;
}

}  // namespace

void add_integrity(std::vector<Key>& out) {
  out.push_back(std::move(Entry("integrity", "mode",
                                "What becomes of integrityValResults: \"off\": nothing; \"record\": they are judged and kept, and nobody is "
                                "refused; \"enforce\": a device that does not prove its integrity cannot register, and one that says that it "
                                "lost it is quarantined.").reloads())
                    .choice({"off", "record", "enforce"}, [](Place at) -> auto& { return at.config.policy.integrity.mode; }));
  out.push_back(std::move(Entry("integrity", "exempt", "SCLs that have a root key, but do not validate themselves: * and ? stand for other characters.").reloads())
                    .list("ids such as \"meter-*\"", check_pattern, [](Place at) -> auto& { return at.config.policy.integrity.exempt; }));
  out.push_back(std::move(Entry("integrity", "history", "Results kept of each SCL: so many that its device signed, and so many others.").reloads())
                    .number(1, 100'000, [](Place at) -> auto& { return at.config.policy.integrity.history; }));
}

void add_keystore(std::vector<Key>& out) {
  out.push_back(Entry("keystore", "master",
                      "Where the master key comes from, under which all keys in the store are wrapped; \"\": the file master.key "
                      "in store.directory, made at the first start.")
                    .text("\"file:/PATH\", \"credential:NAME\", \"command:/PATH\", or empty", check_master,
                          [](Place at) -> auto& { return at.config.keystore.master; }));
  out.push_back(Entry("keystore", "decoy",
                      "Let a handshake with an unknown identity look like one with a wrong key; false tells whoever connects "
                      "which identities there are.")
                    .flag([](Place at) -> auto& { return at.config.keystore.decoy; }));
}

void add_quotas(std::vector<Key>& out) {
  add_limits(out, "quota", [](Place at) -> auto& { return at.config.credentials.usual; });
  out.push_back(std::move(Entry("quota", "resources",
                                "Resources that one SCL or application may hold, contentInstances not counted; one more is answered 403. 0: no limit.").reloads())
                    .number(0, 1'000'000'000, [](Place at) -> auto& { return at.config.policy.resources_per_owner; }));
  out.push_back(std::move(Entry("allowance", "principal", "Its name; of a peer with a pre-shared key: its entity, such as scls/gw1.").reloads())
                    .text("a principal's name", check_name, [](Place at) -> auto& { return at.allowance->principal; }));
  add_limits(out, "allowance", [](Place at) -> auto& { return *at.allowance; });
}

}  // namespace nscl::app
