// SPDX-License-Identifier: Apache-2.0
// `nscl fleet`: fleet works. Works beside a running daemon, which does what follows.
#include <functional>
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/rem/fleet.h>

#include "command_store.h"
#include "listing.h"

namespace nscl::app {
namespace {

/// Runs `job` on the tables of device management.
int work(const FleetCommand& command, char** environment, const std::function<void(store::Store&)>& job) {
  return guarded("nscl fleet", [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    job(*store);
    store->stop();
    return exit_ok;
  });
}

void print(Listing& listing, const store::FleetWork& fleet) {
  listing.add({std::to_string(fleet.id), std::string(rem::name_of(fleet.state)), shown(fleet.group), shown(fleet.suffix), shown(fleet.requester.empty() ? fleet.principal : fleet.requester),
               format_date_time(fleet.started), std::to_string(fleet.members), std::to_string(fleet.begun), std::to_string(fleet.done),
               std::to_string(fleet.failed), std::to_string(fleet.cancelled), std::to_string(fleet.refused)},
              [&] { return rem::to_json(fleet); });
}

void print(Listing& listing, const rem::FleetEntry& entry) {
  const auto json = nlohmann::json::parse(rem::to_json(entry));
  const auto word = [&](const char* name) { return json[name].is_string() ? shown(json[name].get<std::string>()) : std::string(); };
  listing.add({std::to_string(entry.member.position), word("member"), word("state"), word("device"), word("resource"), word("code"), word("text")},
              [&] { return rem::to_json(entry); });
}

void print_members(store::Store& store, const FleetCommand& command) {
  Listing listing(command.json);
  for (std::uint64_t after = 0;;) {
    std::vector<rem::FleetEntry> found;
    store.read([&](store::View& view) { found = rem::fleet_entries(view.management(), command.fleet, after, page); });
    for (const auto& entry : found) print(listing, entry);
    if (found.size() < page) break;
    after = found.back().member.position;
  }
  listing.end();
}

/// The members of the JSON, one a line.
void print_lines(const std::string& text) {
  const auto json = nlohmann::ordered_json::parse(text);
  for (const auto& [name, value] : json.items()) {
    const auto word = value.is_null() ? std::string("-") : value.is_string() ? shown(value.get<std::string>()) : value.dump(-1, ' ', true);
    std::cout << name << '\t' << word << '\n';
  }
}

}  // namespace

int list_fleets(const FleetCommand& command, char** environment) {
  return work(command, environment, [&](store::Store& store) {
    Listing listing(command.json);
    for (std::uint64_t before = UINT64_MAX;;) {
      std::vector<store::FleetWork> found;
      store.read([&](store::View& view) { found = view.management().fleets(before, page); });
      for (const auto& fleet : found) print(listing, fleet);
      if (found.size() < page) break;
      before = found.back().id;
    }
    listing.end();
  });
}

int show_fleet(const FleetCommand& command, char** environment) {
  return work(command, environment, [&](store::Store& store) {
    std::string text;
    store.read([&](store::View& view) {
      const auto fleet = view.management().fleet(command.fleet);
      if (!fleet) throw std::runtime_error("there is no fleet work " + std::to_string(command.fleet));
      text = rem::to_json(*fleet, rem::details_of(view.management(), fleet->id));
    });
    if (command.with_members) print_members(store, command);
    else if (command.json) std::cout << text << '\n';
    else print_lines(text);
  });
}

int stop_fleet(const FleetCommand& command, char** environment) {
  return work(command, environment, [&](store::Store& store) {
    write_or_throw(store, [&](store::Transaction& transaction) -> Result<void> {
      const auto stopped = rem::stop_fleet(transaction.manage(), command.fleet);
      if (!stopped) return tl::unexpected(stopped.error());
      record(transaction, "fleet.stopped", stopped->group, std::to_string(command.fleet));
      return {};
    });
    std::cerr << "Fleet work " << command.fleet << " begins nothing more, and what waits is cancelled.\n";
  });
}

}  // namespace nscl::app
