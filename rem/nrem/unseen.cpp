// SPDX-License-Identifier: Apache-2.0
// Devices that do not call any more (rem.md 5.5).
#include <memory>
#include <vector>

#include <nscl/base/log.h>
#include <nscl/rem/alarms.h>

#include "state.h"

namespace nscl::rem {
namespace {

constexpr std::size_t unseen_at_once = 256;
constexpr std::chrono::seconds between_rounds{30};

}  // namespace

void Nrem::State::look_for_unseen(Time now) {
  if (now < unseen.next) return;
  const Time before = now - options.not_seen_after;
  const auto missed = std::make_shared<std::vector<std::string>>();
  store.read([&](store::View& view) {
    auto& management = view.management();
    const auto slice = management.devices_unseen(before, unseen.contact, unseen.device, unseen_at_once);
    for (const auto& device : slice) {
      const bool is_missed = device.state == store::ManagedState::adopted && !presence.is_in_session(device.id);
      if (is_missed && !management.alarm(device.id, alarm::not_seen)) missed->push_back(device.id);
    }
    if (slice.size() == unseen_at_once) unseen = {now, slice.back().last_contact, slice.back().id};
    else unseen = {now + between_rounds, Time{}, {}};
  });
  if (missed->empty()) return;
  store.write(
      [missed, before, now](store::Transaction& transaction) -> Result<void> {
        auto& management = transaction.manage();
        for (const auto& id : *missed) {
          const auto device = management.device(id);
          if (!device || device->last_contact >= before) continue;
          raise_alarm(management, id, alarm::not_seen, "it called last at " + format_date_time(device->last_contact), now);
        }
        return {};
      },
      home, [](const Result<void>& done) {
        if (!done) log::warning("alarm.not_written", {{"reason", done.error().detail}});
      });
}

}  // namespace nscl::rem
