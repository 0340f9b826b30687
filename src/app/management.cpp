// SPDX-License-Identifier: Apache-2.0
#include "management.h"

#include <stdexcept>

#include <nscl/rem/credentials.h>

#include "mappings.h"

namespace nscl::app {
namespace {

/// A handler that is another one's.
class Shared final : public net::WebHandler {
 public:
  explicit Shared(net::WebHandler& handler) : handler_(handler) {}
  net::Task<net::WebResponse> admit(const net::WebRequest& head) override { return handler_.admit(head); }
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override { return handler_.handle(request); }
  net::WebResponse refuse(unsigned status, std::string_view reason) override { return handler_.refuse(status, reason); }

 private:
  net::WebHandler& handler_;
};

std::unique_ptr<security::KeyWrapper> wrapper_of(store::Store& store, security::Keystore& keystore) {
  Result<Secret> secret;
  const auto done = store.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    secret = keystore.secret(transaction, rem::management_secret_name);
    return secret ? Result<void>{} : tl::unexpected(secret.error());
  });
  if (!done) throw std::runtime_error("there is no secret for credentials of devices: " + done.error().detail);
  return security::aes_wrapper(*std::move(secret));
}

rem::tr069::Performing performing(std::shared_ptr<const rem::MappingTable> mappings) {
  return {rem::tr069::perform, rem::tr069::answers, [mappings = std::move(mappings)](const rem::DeviceFacts& facts) { return rem::model_options(*mappings, facts); }};
}

rem::NremOptions options_of(const Management::Around& around) {
  auto options = around.config.management;
  options.transfers = &around.transfers;
  options.calls_devices = around.config.wake.is_on;
  options.keep_login = [&keystore = around.keystore](store::Transaction& transaction, store::ManagementCredential credential, const Secret& password) {
    return rem::DeviceCredentials(keystore).put_only(transaction, std::move(credential), password);
  };
  return options;
}

template <class Options>
Options traced(Options options, rem::Tracing& traces) {
  options.traces = &traces;
  return options;
}

rem::omadm::DmPerforming dm_performing(std::shared_ptr<const rem::MappingTable> mappings) {
  return {rem::omadm::perform, [mappings = std::move(mappings)](const rem::DeviceFacts& facts) { return rem::dm_model_options(*mappings, facts); }};
}

using rem::Refusal;

/// Two devices of one id, and credentials of ours that a device refuses, are no attempt at anything, and not in the audit trail.
void note(const Refusal& refusal, security::Audit& audit, rem::AlarmBell& alarms) {
  const bool is_second = refusal.event.ends_with(".second_session"), is_of_server = refusal.event.ends_with(".server_refused");
  if (!is_second && !is_of_server) audit.note_refusal(refusal.event, refusal.who, refusal.peer);
  if (refusal.device.empty()) return;
  const std::string device(refusal.device);
  if (is_of_server) return alarms.ring(device, rem::alarm::call_login, "it refuses the credentials of this server");
  const bool is_wrong = refusal.event.ends_with(".login_failed");
  const auto why = is_second ? "another one calls as it, from " : is_wrong ? "a wrong password came from " : "it does not belong to who calls as it, from ";
  alarms.ring(device, is_second ? rem::alarm::two_devices : rem::alarm::login, std::string(why).append(refusal.peer));
}

}  // namespace

std::shared_ptr<const rem::MappingTable> mappings_of(const Config& config, const model::Registry& registry) {
  auto table = load_mappings(config.mappings, registry);
  if (!table) throw ConfigError(table.error().detail);
  return std::make_shared<const rem::MappingTable>(*std::move(table));
}

Management::Management(const Around& around)
    : wrapper_(wrapper_of(around.store, around.keystore)),
      home_(around.home),
      mappings_(around.mappings),
      nrem_(around.registry, around.store, around.clock, around.pipeline, around.outbound, mappings_, around.home, options_of(around)),
      credentials_(around.store, *wrapper_),
      alarms_(around.store, around.clock),
      traces_(around.store, around.clock, around.config.traces),
      acs_(nrem_, performing(mappings_), credentials_, traced(around.config.acs, traces_),
           [&audit = around.audit, &alarms = alarms_](const Refusal& refusal) { note(refusal, audit, alarms); }),
      dm_accounts_(around.store, *wrapper_, around.clock, around.config.management.events),
      dm_(nrem_, dm_performing(mappings_), dm_accounts_, traced(around.config.dm, traces_),
          [&audit = around.audit, &alarms = alarms_](const Refusal& refusal) { note(refusal, audit, alarms); }) {}

std::unique_ptr<net::WebHandler> Management::handler() { return std::make_unique<Shared>(acs_); }

std::unique_ptr<net::WebHandler> Management::dm_handler() { return std::make_unique<Shared>(dm_); }

rem::Logins Management::logins() const {
  return [this](store::View& view, const store::ManagedDevice& device) -> std::optional<rem::Login> {
    const auto kept = rem::credential_of_call(view.management(), device.id, device.wake_attempts);
    auto password = kept ? rem::open(*wrapper_, *kept) : std::nullopt;
    if (!password) return std::nullopt;
    return rem::Login{kept->user, *std::move(password), rem::model_options(*mappings_, rem::facts_from_json(device.facts)).basic_calls};
  };
}

rem::Pushes Management::pushes() const {
  return [this](store::View& view, const store::ManagedDevice& device) -> std::optional<rem::Push> {
    const auto kept = view.management().bootstrap(device.id);
    if (!kept) return std::nullopt;
    auto octets = rem::open(*wrapper_, *kept);
    return rem::Push{kept->address, octets ? *std::move(octets) : Secret()};
  };
}

void Management::keep() {
  nrem_.keep(home_);
  acs_.sweep();
  dm_.sweep();
  alarms_.keep(home_);
  traces_.keep(home_);
}

}  // namespace nscl::app
