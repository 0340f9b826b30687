// SPDX-License-Identifier: Apache-2.0
// What stands behind a simulated gateway (docs/simulator.md).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <nscl/rem/simulator/data_model.h>

namespace nscl::rem::simulator {

struct BehindGateway {
  unsigned embedded = 0;   ///< lamps in the gateway's data model
  unsigned callers = 0;    ///< devices that call by themselves
};

/// The built-in model with the gateway's lists.
std::shared_ptr<const ModelTree> gateway_model(ModelKind kind, bool has_fixed_interval, const BehindGateway& behind);

/// Lines of a DmFactoryTree: the list of a gateway of OMA-DM, empty, and a switch for each device, ./Vendor/Attached/d1 and so on.
std::string dm_gateway_nodes(const BehindGateway& behind);

/// ProductClass and SerialNumber of a device that calls by itself; numbers begin with 1.
inline constexpr std::string_view caller_class = "SIMSENSOR";
std::string caller_serial(const std::string& gateway_serial, std::size_t number);   ///< of OMA-DM: its id

}  // namespace nscl::rem::simulator
