// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about device management.
#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_mappings_file(const std::string& text) { return !text.empty() && text.size() <= 4096 ? std::nullopt : Problem(quote(text) + " is no path of a file"); }

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.config.management.member; }

#define TRACES(member) \
  [](Place at) -> auto& { return at.config.traces.member; }

void add_management(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("management", name, comment); };
  out.push_back(entry("unknown_devices", "What becomes of a device that nobody announced: it is refused, known but not managed until an operator adopts it, "
                                         "or managed at once as an scl of its own.")
                    .choice({"reject", "quarantine", "adopt"}, AT(unknown)));
  out.push_back(entry("mappings", "Files that say where management objects live in the data models of devices, over what the program knows (docs/mappings.md).")
                    .list("paths of files", check_mappings_file, [](Place at) -> auto& { return at.config.mappings; }));
  out.push_back(entry("live_wait", "A request waits so long for its device before it is answered with what is known, or 202.").time(0 * second, minute, AT(live_wait)));
  out.push_back(entry("queue", "Operations that may wait for one device; beyond: 503.").number(1, 10'000, AT(queue)));
  out.push_back(entry("change_life", "A change waits so long for its device, unless the request says otherwise.").time(minute, 365 * day, AT(change_life)));
  out.push_back(entry("action_life", "An action waits so long for its device, unless the request says otherwise.").time(minute, 365 * day, AT(action_life)));
  out.push_back(entry("report_time", "A device has to tell within this time how an action ended that it has begun.").time(minute, 30 * day, AT(report_time)));
  out.push_back(entry("instance_life", "An execInstance can be read so long after its command has ended.").time(hour, 365 * day, AT(instance_life)));
  out.push_back(entry("notify_on_device_change", "Have devices tell of changes of what somebody subscribes to: at once, or in their next session if the subscription "
                                                  "leaves time. Without it subscribers are told of what is read and set only.")
                    .flag(AT(notify_on_device_change)));
  out.push_back(entry("give_logins", "Give a device that can be called credentials for it, if none are known here.").flag(AT(gives_logins)));
  out.push_back(entry("events", "Events that are kept of each device.").number(1, 100'000, AT(events)));
  out.push_back(entry("attempts", "At an operation that fails for a passing reason, each in a session of its own.").number(1, 1000, AT(attempts)));
  out.push_back(entry("fleet_rate", "Members of groups that fleet works begin in a second, all together (docs/fleets.md).").number(1, 10'000, AT(fleet_rate)));
  out.push_back(entry("fleet_in_progress", "Operations of one fleet work that may be under way, those that wait for silent devices among them.")
                    .number(1, 1'000'000, AT(fleet_in_progress)));
  out.push_back(entry("not_seen_after", "An adopted device that did not call for so long is an alarm; more than its PeriodicInformInterval.").time(minute, 365 * day, AT(not_seen_after)));
  out.push_back(entry("traces", "Sessions that are kept of each device, without secrets (docs/devices.md); 0: none.").number(0, 1000, TRACES(kept)));
  out.push_back(entry("traces_of", "Whose: of the devices that an operator chose by `nscl device trace ID on` all sessions; of the others none (\"chosen\"), those with a fault "
                                   "or another end than a 204, or all.")
                    .choice({"chosen", "problems", "all"}, TRACES(of)));
  out.push_back(entry("trace_size", "Of the messages of one session, of each 8KiB at most; the oldest lose their text beyond.").size(8 * kib, 1024 * kib, TRACES(octets)));
}

#undef AT
#undef TRACES

}  // namespace nscl::app
