// SPDX-License-Identifier: Apache-2.0
// `nscl simulate`: devices of TR-069, clients of OMA-DM.
#include <nscl/app/commands.h>
#include <nscl/rem/simulator/cpe_fleet.h>
#include <nscl/rem/simulator/dm_fleet.h>
#include <nscl/rem/simulator/gateway.h>

#include "command_store.h"
#include "simulate_fleet.h"

namespace nscl::app {
namespace {

namespace sim = rem::simulator;

void check(const SimulateCommand& command) {
  check_simulated("--acs", command.acs, {&command.pace.serial_prefix, &command.manufacturer, &command.product_class});
  if (command.oui.size() != 6 && !command.oui.empty()) throw UsageError("--oui has six hexadecimal digits");
}

sim::CpeOptions options_of(const SimulateCommand& command, const sim::BehindGateway& behind) {
  sim::CpeOptions out;
  out.acs_url = command.acs;
  out.user = command.user;
  out.password = simulated_password(command.password_file);
  out.style = sim::style_named(command.style).value();
  const bool is_old_style = out.style == sim::Style::netcwmp || out.style == sim::Style::genieacs_sim;
  const bool is_old = command.model.empty() ? is_old_style : command.model == "tr098";
  out.model = sim::gateway_model(is_old ? sim::ModelKind::tr098 : sim::ModelKind::tr181, out.style == sim::Style::netcwmp, behind);
  if (!command.manufacturer.empty()) out.id.manufacturer = command.manufacturer;
  if (!command.oui.empty()) out.id.oui = command.oui;
  if (!command.product_class.empty()) out.id.product_class = command.product_class;
  out.connection_request_user = command.connection_user;
  out.connection_request_password = simulated_password(command.connection_password_file);
  if (command.pace.interval != 0) out.interval = command.pace.interval;
  out.retry_scale = command.pace.retry_scale;
  return out;
}

sim::CpeCrewOptions crew_of(const SimulateCommand& command) {
  sim::CpeCrewOptions out;
  out.cpe = std::make_shared<const sim::CpeOptions>(options_of(command, {command.embedded, command.callers}));
  out.count = command.pace.count;
  out.serial_prefix = command.pace.serial_prefix;
  out.calls = call_address("--connection-requests", command.connection_requests);
  if (command.callers == 0) return out;
  auto kind = options_of(command, {});
  kind.id.product_class = sim::caller_class;
  out.caller = std::make_shared<const sim::CpeOptions>(std::move(kind));
  out.callers = command.callers;
  return out;
}

sim::DmClientOptions options_of(const SimulateDmCommand& command, const sim::BehindGateway& behind) {
  sim::DmClientOptions out;
  out.url = command.url;
  out.user = command.user;
  out.password = simulated_password(command.password_file);
  out.server_id = command.server_id;
  out.server_password = simulated_password(command.server_password_file);
  out.begins_with = sim::dm_authentication_named(command.login).value();
  out.server_shows = sim::dm_authentication_named(command.server_login).value();
  out.hmac_by_rfc_2104 = command.hmac_by_rfc_2104;
  out.mac_mistake = sim::dm_mac_mistake_named(command.mac_mistake);
  out.manufacturer = command.manufacturer;
  out.encoding = command.is_wbxml ? rem::omadm::Encoding::wbxml : rem::omadm::Encoding::xml;
  out.style = sim::dm_style_named(command.style).value();
  out.tree = sim::DmFactoryTree::built_in(command.log_size, out.style == sim::DmStyle::plain, sim::dm_gateway_nodes(behind));
  out.behind = behind;
  out.interval = std::chrono::seconds(command.pace.interval);
  out.retry_scale = command.pace.retry_scale;
  out.result = command.result;
  out.action_time = std::chrono::milliseconds(command.action_time);
  out.reboot_time = std::chrono::milliseconds(command.reboot_time);
  return out;
}

sim::DmCrewOptions crew_of(const SimulateDmCommand& command) {
  sim::DmCrewOptions out;
  out.client = std::make_shared<const sim::DmClientOptions>(options_of(command, {command.embedded, command.callers}));
  if (command.callers != 0) out.caller = std::make_shared<const sim::DmClientOptions>(options_of(command, {}));
  out.count = command.pace.count;
  out.serial_prefix = command.pace.serial_prefix;
  out.calls = call_address("--notifications", command.notifications);
  return out;
}

}  // namespace

int simulate_cpes(const SimulateCommand& command) {
  return guarded("nscl simulate cpe", [&] {
    check(command);
    const auto crew = crew_of(command);
    return play(command.pace, {"RPCs", "connection requests"}, command.acs, [&](boost::asio::io_context& context) { return sim::make_cpes(context, crew); });
  });
}

int simulate_dm_clients(const SimulateDmCommand& command) {
  return guarded("nscl simulate dm", [&] {
    check_simulated("--url", command.url, {&command.pace.serial_prefix, &command.manufacturer, &command.user, &command.server_id});
    const auto crew = crew_of(command);
    return play(command.pace, {"commands", "notifications"}, command.url, [&](boost::asio::io_context& context) { return sim::make_dm_clients(context, crew); });
  });
}

}  // namespace nscl::app
