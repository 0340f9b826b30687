// SPDX-License-Identifier: Apache-2.0
// What the end of an operation makes of the tree, on the writer's thread.
#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/rem/cancellation.h>
#include <nscl/rem/node_path.h>

#include "exec_instance.h"
#include "nodes.h"
#include "objects.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::OperationState;

constexpr std::size_t password_length = 26;

}  // namespace

Result<void> Nrem::State::note_accepted(Tree& where, const store::Operation& operation, const Effect& effect) {
  if (effect.kind == Effect::Kind::action) return show_begun(where, effect);
  if (effect.kind != Effect::Kind::command) return {};
  const auto device = where.transaction().management().device(operation.device);
  return started(where, operation.resource, device && way_to_cancel(*device, operation));
}

Result<void> Nrem::State::realise(Tree& where, const store::Operation& operation, Effect& effect, const Report& report) {
  switch (effect.kind) {
    case Effect::Kind::command: {
      auto shown = finished(where, operation.resource, report, options.instance_life);
      return shown ? look_anew(where.transaction(), operation, effect, report) : shown;
    }
    case Effect::Kind::cancel: {
      auto target = where.transaction().management().operation(effect.operation);
      if (!target || store::is_over(target->state)) return {};   // the result came first
      if (report.end != Report::End::done) return goes_on(where, operation.resource, report);
      return conclude(where.transaction(), *std::move(target), OperationState::cancelled, cancelled_report());
    }
    case Effect::Kind::login: return keep_or_drop_login(where, operation, report);
    case Effect::Kind::action: return effect.is_cancelled ? Result<void>{} : go_on(where, operation, effect, report);
    default: break;
  }
  if (operation.resource.empty()) return {};   // what it was about was deleted
  if (report.end != Report::End::done) return {};
  const auto device = where.transaction().management().device(operation.device);
  if (!device) return {};
  const auto facts = facts_from_json(device->facts);
  const DeviceMapping mapping(*table, facts);
  if (operation.attempts > 0) freshness.note(operation.resource, clock.now());   // else no device had a part in it
  switch (effect.kind) {
    case Effect::Kind::refresh: return apply_values_to(where, mapping, operation.resource, report.leaves);
    case Effect::Kind::update: return make_difference(where, mapping, operation.resource, effect, report);
    case Effect::Kind::create: return make_resource(where, mapping, operation.resource, effect, report);
    case Effect::Kind::remove: return where.erase(operation.resource);
    case Effect::Kind::discovery: return know(where, *device, report);
    case Effect::Kind::embedded: return know_embedded(where, *device, mapping, report);
    case Effect::Kind::alarms: return note_alarms(where, *device, report);
    default: return {};
  }
}

// What a device turned out to be and have.
Result<void> Nrem::State::know(Tree& where, store::ManagedDevice device, const Report& report) {
  const auto before = facts_from_json(device.facts);
  auto facts = before;
  facts.methods = report.methods;
  facts.discovered = clock.now();
  const bool has_place = !device.managed.empty() && where.transaction().find(device.managed);
  if (!has_place) facts.methods.clear();   // it is asked again, until the SCL that it is to be has registered
  if (!report.objects.empty()) facts.root = root_of_path(report.objects.front());
  if (is_of_oma_dm(device)) take_told(facts, report);
  device.facts = to_json(facts);
  where.transaction().manage().put_device(device);
  const bool is_updated = facts.software_version != before.software_version;   // of others a contact has told it
  if (auto done = is_updated ? note_version(where.transaction(), device.id, facts.software_version) : Result<void>{}; !done) return done;
  if (auto done = is_of_oma_dm(device) ? Result<void>{} : give_login(where, device, facts); !done) return done;
  if (!has_place) return {};
  if (auto done = make_objects(where, DeviceMapping(*table, facts), device.managed, report); !done) return done;
  if (auto done = know_lists(where, device, report); !done) return done;
  return watch_again(where, device);
}

// rem.md 4.3: whoever can be called has to have credentials for it; those of another server are not known here.
Result<void> Nrem::State::give_login(Tree& where, const store::ManagedDevice& device, const DeviceFacts& facts) {
  if (!options.calls_devices || !options.gives_logins || !options.keep_login || facts.connection_request_url.empty()) return {};
  auto& management = where.transaction().manage();
  if (management.credential(device.id, store::CredentialPurpose::connection_request)) return {};
  const Secret password(random_name(password_length));
  store::ManagementCredential credential;
  credential.purpose = store::CredentialPurpose::connection_request;
  credential.device = credential.user = device.id;
  credential.changed = where.now();
  if (auto kept = options.keep_login(where.transaction(), credential, password); !kept) return kept;
  const auto server = facts.root + "ManagementServer.ConnectionRequest";
  SetLeaves task{{{server + "Username", device.id}, {server + "Password", std::string(password.view())}}};
  const auto queued = enqueue(where.transaction(), device, std::move(task), {.kind = Effect::Kind::login}, device.managed, request_from({}), options.change_life);
  return queued ? Result<void>{} : tl::unexpected(queued.error());
}

Result<void> Nrem::State::keep_or_drop_login(Tree& where, const store::Operation& operation, const Report& report) {
  if (report.end != Report::End::done) where.transaction().manage().erase_credential(operation.device, store::CredentialPurpose::connection_request, operation.device);
  return {};
}

}  // namespace nscl::rem
