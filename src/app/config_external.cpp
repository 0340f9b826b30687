// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about external ACSs.
#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_uri_or_none(const std::string& text) { return text.empty() ? std::nullopt : check_base_uri(text); }
Problem check_credential_or_none(const std::string& text) { return text.empty() ? std::nullopt : check_credential(text); }

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.external->member; }

void add_external_acs(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("external_acs", name, comment); };
  out.push_back(entry("name", "What devices and operators call it; devices keep it, so that another name is another ACS.").text("an id", check_id, AT(name)));
  out.push_back(entry("kind", "Which north-bound interface it has.").choice({"genieacs"}, AT(kind)));
  out.push_back(entry("uri", "Where that is. Its address has to be one that [outgoing] may call.").text("\"http://host:port\" or \"https://host:port\"", check_uri_or_none, AT(uri)));
  out.push_back(entry("credential", "\"user:password\" for HTTP Basic, where something in front of it asks for one; \"\": nothing does.")
                    .secret()
                    .text("a user, a colon and a password, or empty", check_credential_or_none, AT(credential)));
  out.push_back(entry("devices", "\"listed\": those that `nscl device import` gives to it; \"all\": also every other that it has and that does not call here, by management.unknown_devices.")
                    .choice({"listed", "all"}, AT(devices)));
  out.push_back(entry("poll_time", "Between two looks at an operation that waits there; longer the longer it waits, ten minutes at most.").time(second, 10 * minute, AT(poll_time)));
  out.push_back(entry("list_time", "Between two readings of its list of devices, which tells who called it.").time(second, day, AT(list_time)));
  out.push_back(entry("sessions", "Devices that something is done for there at once; for others it waits here.").number(1, 1'000'000, AT(sessions)));
}

#undef AT

void check_external_acs(const Config& config, std::vector<Conflict>& out) {
  const auto& all = config.external_acs;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = "external_acs[" + std::to_string(i) + "].";
    if (all[i].name.empty()) out.push_back({name + "name", "is needed"});
    if (all[i].uri.empty()) out.push_back({name + "uri", "is needed"});
    if (!config.wake.is_on) out.push_back({"management.connection_requests", "has to be true: devices of an external ACS do not call here"});
    for (std::size_t j = 0; j < i; ++j) {
      if (all[j].name == all[i].name) out.push_back({name + "name", "external_acs[" + std::to_string(j) + "] has the same"});
    }
  }
}

}  // namespace nscl::app
