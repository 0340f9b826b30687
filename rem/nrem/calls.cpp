// SPDX-License-Identifier: Apache-2.0
// When devices are to be called; who does it is the Waker (rem.md 5.5).
#include <algorithm>

#include <nscl/base/log.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/waiting_work.h>

#include "state.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds just_now{5};
constexpr unsigned attempts_that_give_hope = 2;   ///< a device that was called in vain so often does not come while somebody waits

}  // namespace

void Nrem::State::plan_call(store::Transaction& transaction, const std::string& id) const {
  if (!options.calls_devices || presence.is_in_session(id)) return;
  auto& management = transaction.manage();
  auto device = management.device(id);
  if (!device || device->state != store::ManagedState::adopted || device->wake_due != never) return;
  const auto use = first_use_of_session(management, id);
  if (use == never) return;
  const auto now = clock.now();
  const auto first = management.pending(id, 1);
  // The longer something waits though the device calls, the less another call helps.
  const auto age = first.empty() ? Time::duration{} : now - first.front().created;
  const bool was_missed = !first.empty() && first.front().attempts == 0 && age < just_now;   // the session was about to end when it was queued
  device->wake_due = std::max(use, was_missed ? now : now + std::clamp<Time::duration>(age, 1min, 1h));
  management.put_device(*device);
}

bool Nrem::State::has_left_work(const std::string& device) const {
  if (!options.calls_devices) return false;
  bool has = false;
  try {
    store.read([&](store::View& view) { has = view.management().pending_count(device) > 0; });
  } catch (const store::StoreError& error) {
    log::warning("device.operations_not_read", {{"device", device}, {"reason", error.what()}});
  }
  return has;
}

bool Nrem::State::may_come_soon(const std::string& id, boost::asio::io_context& context) const {
  if (presence.is_in_session(id)) return true;
  if (!options.calls_devices) return false;
  bool may = false;
  store.read([&](store::View& view) {
    const auto device = view.management().device(id);
    may = device && device->wake_due != never && can_be_called(view, *device);
  }, context);
  return may;
}

// What is queued while a session is about to end is known to neither: the session asked for work before, and who queued it saw the session.
net::Task<bool> Nrem::State::comes_soon(std::string id, boost::asio::io_context& context) {
  if (may_come_soon(id, context)) co_return true;
  bool was_missed = false;
  store.read([&](store::View& view) {
    const auto device = view.management().device(id);
    was_missed = device && device->wake_due == never && can_be_called(view, *device);
  }, context);
  if (!was_missed) co_return false;
  store::WriteJob job = [this, &id](store::Transaction& transaction) -> Result<void> { return plan_call(transaction, id), Result<void>{}; };
  const auto written = co_await write(std::move(job), context);
  co_return written && may_come_soon(id, context);
}

bool Nrem::State::can_be_called(store::View& view, const store::ManagedDevice& device) const {
  const bool is_held = device.wake_due != never && device.wake_due > clock.now() + options.live_wait;
  if (!options.calls_devices || is_held || device.wake_attempts >= attempts_that_give_hope) return false;
  const auto facts = facts_from_json(device.facts);
  if (device.protocol == store::ManagementProtocol::oma_dm) {
    const auto place = called_scl(device);
    const auto scl = place.empty() ? nullptr : view.find(place);
    return scl && !core::text_of(*scl, "remTriggerAddr").empty();
  }
  return !facts.external.empty() || !facts.connection_request_url.empty() || !facts.udp_connection_request_address.empty();
}

}  // namespace nscl::rem
