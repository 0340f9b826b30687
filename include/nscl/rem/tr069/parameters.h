// SPDX-License-Identifier: Apache-2.0
// RPCs on parameters and objects of a device's data model, each with its response.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::rem::tr069 {

struct ParameterValueStruct {
  std::string name;              ///< e.g. "Device.DeviceInfo.SerialNumber"
  std::string value;             ///< as sent; may be a password: never to be logged without looking at the name
  std::string type = "string";   ///< local name of xsi:type without a length; "string" if there was none
};

struct ParameterInfoStruct {
  std::string name;              ///< an object's should end in a dot
  bool writable = false;
};

struct ParameterAttributeStruct {
  std::string name;
  std::uint32_t notification = 0;
  std::vector<std::string> access_list;
};

struct SetParameterAttributesStruct {
  std::string name;
  bool notification_change = false;
  std::uint32_t notification = 0;   ///< 0 to 6
  bool access_list_change = false;
  std::vector<std::string> access_list;
};

struct GetParameterNames {
  static constexpr std::string_view name = "GetParameterNames";
  std::string parameter_path;
  bool next_level = true;
};
struct GetParameterNamesResponse {
  static constexpr std::string_view name = "GetParameterNamesResponse";
  std::vector<ParameterInfoStruct> parameters;
};

struct GetParameterValues {
  static constexpr std::string_view name = "GetParameterValues";
  std::vector<std::string> parameter_names;
};
struct GetParameterValuesResponse {
  static constexpr std::string_view name = "GetParameterValuesResponse";
  std::vector<ParameterValueStruct> parameters;   ///< some may be missing, and others be there that nobody asked for
};

struct SetParameterValues {
  static constexpr std::string_view name = "SetParameterValues";
  std::vector<ParameterValueStruct> parameters;
  std::string parameter_key;   ///< at most 32 characters
};
struct SetParameterValuesResponse {
  static constexpr std::string_view name = "SetParameterValuesResponse";
  std::uint32_t status = 0;    ///< 0 applied, 1 committed and applied later
};

struct GetParameterAttributes {
  static constexpr std::string_view name = "GetParameterAttributes";
  std::vector<std::string> parameter_names;
};
struct GetParameterAttributesResponse {
  static constexpr std::string_view name = "GetParameterAttributesResponse";
  std::vector<ParameterAttributeStruct> parameters;
};

struct SetParameterAttributes {
  static constexpr std::string_view name = "SetParameterAttributes";
  std::vector<SetParameterAttributesStruct> parameters;
};
struct SetParameterAttributesResponse {
  static constexpr std::string_view name = "SetParameterAttributesResponse";
};

struct AddObject {
  static constexpr std::string_view name = "AddObject";
  std::string object_name;     ///< ends in a dot
  std::string parameter_key;
};
struct AddObjectResponse {
  static constexpr std::string_view name = "AddObjectResponse";
  std::uint32_t instance_number = 0;
  std::uint32_t status = 0;
  /// 0, or the fault that some devices send as a response: a Status of 9000 or above, or no instance.
  std::uint32_t fault_code() const { return status >= 9000 ? status : instance_number == 0 ? 9002 : 0; }
};

struct DeleteObject {
  static constexpr std::string_view name = "DeleteObject";
  std::string object_name;     ///< with the instance number, ends in a dot
  std::string parameter_key;
};
struct DeleteObjectResponse {
  static constexpr std::string_view name = "DeleteObjectResponse";
  std::uint32_t status = 0;
};

}  // namespace nscl::rem::tr069
