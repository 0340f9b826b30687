// SPDX-License-Identifier: Apache-2.0
// DeviceFacts: what a managed device told of itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/rem/modelled_object.h>

namespace nscl::rem {

inline constexpr std::size_t longest_fact = 256;   ///< octets

/// What is known of a device beside what it is called; kept as JSON in ManagedDevice::facts. Texts as the device sent them, longest_fact
/// octets of each.
struct DeviceFacts {
  std::string manufacturer, oui, product_class, serial, model;
  std::string hardware_version, software_version;
  std::string root;                      ///< "Device." or "InternetGatewayDevice."; of OMA-DM "./"
  std::string version;                   ///< of the protocol: "1.2"
  std::string parameter_key;             ///< in its last Inform
  std::string connection_request_url;
  std::string udp_connection_request_address;   ///< host:port, if it is behind a NAT
  std::string address;                   ///< that its last session came from
  std::string external;                  ///< name of the external ACS that serves it ([[external_acs]]); empty: it calls here
  std::vector<std::string> methods;      ///< that it names; empty: not asked yet
  std::vector<std::string> unsupported;  ///< that it turned out not to know
  std::optional<Time> discovered = {};   ///< when it was last asked what it has
  std::vector<ModelledObject> models;    ///< OMA-DM: where its management objects are
  bool has_large_objects = false;        ///< OMA-DM: LrgObj
  std::uint64_t message_size = 0, object_size = 0;   ///< OMA-DM: MaxMsgSize, MaxObjSize; 0: it does not tell
  bool operator==(const DeviceFacts&) const = default;
};

std::string to_json(const DeviceFacts& facts);
/// What cannot be read is empty.
DeviceFacts facts_from_json(std::string_view text);

}  // namespace nscl::rem
