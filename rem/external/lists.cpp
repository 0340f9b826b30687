// SPDX-License-Identifier: Apache-2.0
// What an external ACS tells of its devices, and which of them are ours.
#include <nscl/base/log.h>
#include <nscl/rem/waiting_work.h>

#include "engine_state.h"

namespace nscl::rem {
namespace {

constexpr std::size_t devices_at_once = 200, most_pages = 10'000;

store::ManagementEvent event_of(std::string code) {
  store::ManagementEvent event;
  event.code = std::move(code);
  return event;
}

std::optional<store::ManagedDevice> known_device(store::Store& store, const std::string& id, boost::asio::io_context& home) {
  std::optional<store::ManagedDevice> out;
  store.read([&](store::View& view) { out = view.management().device(id); }, home);
  return out;
}

}  // namespace

/// A start after our last contact is news; what was before the first one is not.
Contact ExternalEngine::State::contact_of(const ExternalDevice& device) {
  Contact contact;
  contact.device = device.id;
  contact.facts = device.facts;
  contact.facts.external = options.name;
  const auto known = known_device(store, device.id, home);
  if (!known || known->last_contact == Time{}) return contact;
  contact.is_bootstrap = device.last_bootstrap > known->last_contact;
  contact.is_boot = device.last_boot > known->last_contact;
  if (contact.is_bootstrap) contact.events.push_back(event_of("0 BOOTSTRAP"));
  if (contact.is_boot) contact.events.push_back(event_of("1 BOOT"));
  return contact;
}

bool ExternalEngine::State::is_news(const ExternalDevice& device) {
  const auto known = known_device(store, device.id, home);
  if (!known) return options.takes_all;
  const auto external = facts_from_json(known->facts).external;
  // One that has called here is not taken away.
  const bool is_ours = external == options.name || (external.empty() && options.takes_all && known->last_contact == Time{});
  return is_ours && known->state != store::ManagedState::rejected && (known->last_contact == Time{} || device.last_contact > known->last_contact);
}

net::Task<Result<void>> ExternalEngine::State::read_list(std::shared_ptr<State> self) {
  std::string after;
  for (std::size_t i = 0; i < most_pages && !is_stopping; ++i) {
    auto devices = co_await acs->list(after, devices_at_once);
    if (!devices) co_return tl::unexpected(devices.error());
    if (devices->empty()) break;
    after = devices->back().id;
    for (auto& device : *devices) {
      if (is_news(device) && !open(self, std::move(device))) co_return Result<void>{};   // the rest the next time
    }
  }
  co_return Result<void>{};
}

net::Task<Result<void>> ExternalEngine::State::resume() {
  std::string after;
  for (bool is_last = false; !is_last && !is_stopping;) {
    std::string last;
    store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
      auto& management = transaction.manage();
      const auto devices = management.devices(after, devices_at_once);
      is_last = devices.size() < devices_at_once;
      for (auto device : devices) {
        last = device.id;
        const bool is_ours = device.wake_due == never && facts_from_json(device.facts).external == options.name;
        if (!is_ours) continue;
        device.wake_due = first_use_of_session(management, device.id);
        if (device.wake_due != never) management.put_device(device);
      }
      return {};
    };
    const auto done = co_await store::async_write(store, std::move(job), home, net::as_result);
    if (!done) co_return tl::unexpected(done.error());
    after = last;
  }
  co_return Result<void>{};
}

net::Task<void> ExternalEngine::State::run_lists(std::shared_ptr<State> state) {
  const auto resumed = co_await state->resume();
  if (!resumed) log::warning("external_acs.not_resumed", {{"acs", state->options.name}, {"reason", resumed.error().detail}});
  while (!state->is_stopping) {
    const auto read = co_await state->read_list(state);
    if (!read && !state->is_stopping) log::warning("external_acs.list_not_read", {{"acs", state->options.name}, {"reason", read.error().detail}});
    co_await state->pause(state->options.list_time);
  }
}

}  // namespace nscl::rem
