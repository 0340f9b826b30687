// SPDX-License-Identifier: Apache-2.0
// DeviceQueries: the statements on devices and nodes, for readers and the writer alike.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <nscl/store/devices.h>

#include "connection.h"

namespace nscl::store::sqlite {

class DeviceQueries {
 public:
  explicit DeviceQueries(Connection& connection) : connection_(connection) {}

  std::optional<Device> device(std::string_view hardware);
  std::optional<Device> device_of_node(std::string_view node);
  std::optional<Device> device_of_voucher(std::string_view identity);
  std::optional<Device> device_of_scl(std::string_view scl_id);
  std::vector<Device> devices(std::string_view after, std::size_t limit);
  void put_device(const Device& device);

  std::optional<Node> node(std::string_view id);
  void put_node(const Node& node);

 private:
  std::optional<Device> only(const char* sql, std::string_view parameter);

  Connection& connection_;
};

}  // namespace nscl::store::sqlite
