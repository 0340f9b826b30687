// SPDX-License-Identifier: Apache-2.0
// `nscl integrity` and `nscl quarantine`. Work beside a running daemon, which notices within a second.
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/security/integrity.h>

#include "command_store.h"
#include "listing.h"

namespace nscl::app {
namespace {

constexpr std::size_t longest_reason = 255;

void check(const QuarantineCommand& command) {
  if (!is_valid_id(command.scl)) throw UsageError("\"" + command.scl + "\" cannot be the id of an SCL");
  const bool has_controls = command.reason.find_first_of("\t\r\n") != std::string::npos;
  if (command.reason.size() > longest_reason || has_controls || !is_xml_text(command.reason)) {
    throw UsageError("a reason has at most 255 octets of text without control characters");
  }
}

void print(Listing& listing, const store::IntegrityRecord& record) {
  const auto received = format_date_time(record.received);
  const std::string verdict(security::name_of(record.verdict));
  listing.add({record.scl, received, verdict, std::to_string(record.results), record.time_stamp, record.node}, [&] {
    return nlohmann::json{{"id", record.id},           {"scl", record.scl},
                          {"node", record.node},       {"received", received},
                          {"ivalResults", record.results}, {"secureTimeStamp", record.time_stamp},
                          {"verdict", verdict}}.dump();
  });
}

void print(Listing& listing, const store::Quarantined& one) {
  const auto since = format_date_time(one.since);
  listing.add({one.scl, since, one.reason}, [&] { return nlohmann::json{{"scl", one.scl}, {"since", since}, {"reason", one.reason}}.dump(); });
}

}  // namespace

int list_integrity(const IntegrityCommand& command, char** environment) {
  return guarded("nscl integrity", [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    Listing listing(command.json);
    for (std::uint64_t before = UINT64_MAX;;) {
      std::vector<store::IntegrityRecord> records;
      store->read([&](store::View& view) { records = view.integrity_records(command.scl, before, page); });
      for (const auto& record : records) print(listing, record);
      if (records.size() < page) break;
      before = records.back().id;
    }
    listing.end();
    store->stop();
    return exit_ok;
  });
}

int add_quarantine(const QuarantineCommand& command, char** environment) {
  return guarded("nscl quarantine", [&] {
    check(command);
    const auto store = open_store(load_config(command.source, environment), false);
    write_or_throw(*store, [&](store::Transaction& transaction) {
      record(transaction, "quarantine.begun", join("scls", command.scl), command.reason);
      return security::quarantine(transaction, command.scl, command.reason, system_clock().now());
    });
    store->stop();
    std::cerr << "SCL \"" << command.scl << "\" is quarantined.\n";
    return exit_ok;
  });
}

int remove_quarantine(const QuarantineCommand& command, char** environment) {
  return guarded("nscl quarantine", [&] {
    check(command);
    const auto store = open_store(load_config(command.source, environment), false);
    write_or_throw(*store, [&](store::Transaction& transaction) {
      record(transaction, "quarantine.lifted", join("scls", command.scl), "");
      return security::lift_quarantine(transaction, command.scl);
    });
    store->stop();
    std::cerr << "SCL \"" << command.scl << "\" is not quarantined any more.\n";
    return exit_ok;
  });
}

int list_quarantine(const QuarantineCommand& command, char** environment) {
  return guarded("nscl quarantine", [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    Listing listing(command.json);
    for (std::string after;;) {
      std::vector<store::Quarantined> found;
      store->read([&](store::View& view) { found = view.all_quarantined(after, page); });
      for (const auto& one : found) print(listing, one);
      if (found.size() < page) break;
      after = found.back().scl;
    }
    listing.end();
    store->stop();
    return exit_ok;
  });
}

}  // namespace nscl::app
