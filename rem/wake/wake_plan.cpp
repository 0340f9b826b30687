// SPDX-License-Identifier: Apache-2.0
#include "wake_plan.h"

#include <algorithm>
#include <iterator>

#include <nscl/base/log.h>
#include <nscl/rem/alarms.h>
#include <nscl/rem/back_off.h>
#include <nscl/rem/waiting_work.h>

namespace nscl::rem {
namespace {

using End = CallOutcome::End;
using store::ManagedState;

constexpr std::chrono::hours bootstrap_life{24};

/// The event that tells the operator of it; null: none.
const char* event_of(End end) {
  switch (end) {
    case End::refused: return "connection_request.refused";
    case End::forbidden: return "connection_request.forbidden";
    case End::impossible: return "connection_request.impossible";
    case End::not_implemented: return "connection_request.not_implemented";
    default: return nullptr;
  }
}

void tell(store::ManagementWrites& management, const std::string& device, const char* code, const std::string& detail, Time now, std::size_t kept) {
  log::warning(code, {{"device", device}, {"reason", detail}});
  management.add_event({.device = device, .time = now, .code = code, .key = {}, .text = detail}, kept);
}

/// Unless it is what was told last: a device that is tried again and again would push out everything else.
void tell_once(store::ManagementWrites& management, const std::string& device, const char* code, const std::string& detail, Time now, std::size_t kept) {
  constexpr auto newest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto last = management.events(device, newest, 1);
  if (last.empty() || last.front().code != code || last.front().text != detail) return tell(management, device, code, detail, now, kept);
  log::warning(code, {{"device", device}, {"reason", detail}});
}

/// Nothing is pushed any more; what waits for the device has it called, now that it may have an account of before.
void give_up_bootstrap(store::ManagementWrites& management, store::ManagedDevice& device, const std::string& why, Time now, const WakeOptions& options) {
  management.erase_bootstrap(device.id);
  device.wake_attempts = std::max(device.wake_attempts, 1u);   // an operator wanted the push, and no call
  device.wake_due = first_use_of_session(management, device.id);
  tell(management, device.id, "bootstrap.given_up", why, now, options.events);
}

/// Whether a document is to be pushed. One that was pushed often enough, or has waited for too long, is given up.
bool takes_push(store::ManagementWrites& management, store::ManagedDevice& device, Time now, const WakeOptions& options) {
  if (device.protocol != store::ManagementProtocol::oma_dm) return false;
  const auto bootstrap = management.bootstrap(device.id);
  if (!bootstrap) return false;
  const bool is_in_vain = device.wake_attempts >= options.in_vain;
  if (!is_in_vain && now - bootstrap->created < bootstrap_life) return true;
  const auto why = is_in_vain ? std::to_string(device.wake_attempts) + " pushes brought no session" : std::string("it could not be pushed for too long");
  raise_alarm(management, device.id, alarm::unreachable, "bootstrap: " + why, now);
  give_up_bootstrap(management, device, why, now, options);
  return false;
}

/// What came of a push. One that cannot leave at all is tried no more.
void note_push(store::ManagementWrites& management, store::ManagedDevice& device, const CallOutcome& outcome, Time now, const WakeOptions& options) {
  if (outcome.end == End::forbidden || outcome.end == End::impossible) give_up_bootstrap(management, device, outcome.detail, now, options);
  if (outcome.end == End::failed) tell_once(management, device.id, "bootstrap.failed", outcome.detail, now, options.events);
}

/// Until a device is called again that was called so often and has not come. The pauses of OMA-DM are longer: its calls are short messages,
/// which wait for the device.
std::chrono::seconds pause_after(store::ManagementProtocol protocol, unsigned attempts) {
  using namespace std::chrono_literals;
  if (protocol == store::ManagementProtocol::bbf_tr069) return back_off(attempts);
  constexpr std::chrono::seconds pauses[] = {60s, 5min, 30min, 2h};   // rem.md 3.2
  return pauses[std::min<std::size_t>(std::max(attempts, 1u), std::size(pauses)) - 1];
}

/// A call that did not leave this host, as the bearer is not there or has too much to do. It was none, but for the operator's wish.
bool has_not_left(const store::ManagedDevice& device, End end) { return device.protocol == store::ManagementProtocol::oma_dm && end == End::busy; }

Time next_call(const store::ManagedDevice& device, const Claim& claim, End end, Time now, const WakeOptions& options) {
  switch (end) {
    case End::refused: return now + options.after_refusal;
    case End::forbidden:
    case End::impossible:
    case End::not_implemented: return never;   // until it has called with another address
    default: return now + pause_after(device.protocol, has_not_left(device, end) ? 1 : claim.attempts);
  }
}

}  // namespace

std::optional<Claim> claim_call(store::ManagementWrites& management, const WantedCall& wanted, Time now, const WakeOptions& options) {
  auto device = management.device(wanted.device);
  if (!device || device->wake_due > now) return std::nullopt;
  std::optional<Claim> claim;
  const bool is_push = takes_push(management, *device, now, options);
  const auto use = is_push || device->wake_attempts == 0 ? now : first_use_of_session(management, device->id);
  if (device->state == ManagedState::rejected) {
    device->wake_due = never;
  } else if (use > now || wanted.not_before > now) {
    device->wake_due = std::max(use, wanted.not_before);
  } else {
    claim.emplace();
    claim->device = device->id;
    claim->is_push = is_push;
    claim->attempts = ++device->wake_attempts;
    const bool may_take_long = device->protocol == store::ManagementProtocol::oma_dm;   // its pauses are meant from call to call
    claim->next = device->wake_due = now + (may_take_long ? std::chrono::seconds{0} : options.session_time) + pause_after(device->protocol, claim->attempts);
  }
  management.put_device(*device);
  if (claim && claim->attempts > options.in_vain) {
    raise_alarm(management, device->id, alarm::unreachable, std::to_string(claim->attempts - 1) + " calls brought no session", now);
  }
  return claim;
}

void note_outcome(store::ManagementWrites& management, const Claim& claim, const CallOutcome& outcome, Time now, const WakeOptions& options) {
  auto device = management.device(claim.device);
  if (!device || device->wake_due != claim.next) return;
  device->wake_due = next_call(*device, claim, outcome.end, now, options);
  if (has_not_left(*device, outcome.end)) device->wake_attempts = std::max(1u, claim.attempts - 1);
  if (claim.is_push) note_push(management, *device, outcome, now, options);
  management.put_device(*device);
  if (claim.is_push) return;
  if (outcome.end == End::refused) raise_alarm(management, claim.device, alarm::call_login, outcome.detail, now);
  if (const auto* code = event_of(outcome.end)) tell_once(management, claim.device, code, outcome.detail, now, options.events);
}

const char* word_for(End end) {
  switch (end) {
    case End::accepted: return "accepted";
    case End::sent: return "sent";
    case End::busy: return "busy";
    case End::failed: return "failed";
    case End::refused: return "refused";
    case End::forbidden: return "forbidden";
    case End::impossible: return "impossible";
    case End::not_implemented: return "501";
  }
  return "";
}

}  // namespace nscl::rem
