// SPDX-License-Identifier: Apache-2.0
// Faults of CWMP, and what they mean to an application.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>

namespace nscl::rem::tr069 {

struct SetParameterValuesFault {
  std::string parameter_name;
  std::uint32_t code = 0;
  std::string text;
};

/// 8000 to 8006 come from the ACS, 9000 and above from the CPE; 80xx and 90xx with the same last digits mean the same up to 8004.
struct Fault {
  static constexpr std::string_view name = "Fault";
  std::uint32_t code = 0;       ///< FaultCode; 0: a fault of SOAP that carried none
  std::string text;             ///< FaultString, of the device's own making
  std::vector<SetParameterValuesFault> parameters;
};

enum class Retry : std::uint8_t {
  no,
  unsupported,         ///< no, and the device does not know this method: remember it
  next_session,        ///< in the next session, three times
  smaller,             ///< yes; GetParameterValues with half the names
  after_rediscovery,   ///< once, when the device's model has been read anew
  by_command,          ///< as the command says, by default no
  other_scheme,        ///< with http instead of https, if that is allowed
};

struct FaultRule {
  std::uint32_t code;      ///< 0: every code that has no rule of its own (vendor's, unknown)
  std::string_view text;
  Status status;
  Retry retry = Retry::no;
  bool clients = false;    ///< the one who sent the request has to mend it: faultcode Client, else Server
  bool alarm = false;      ///< the operator has to know: our own credentials are wrong
};

const FaultRule& rule_of(std::uint32_t code);

/// A fault with the text of its rule, and `more` behind it.
Fault make_fault(std::uint32_t code, std::string_view more = {});

/// If the faults of all parameters agree their code decides.
const FaultRule& rule_of(const Fault& fault);

/// The outcome for the application, by the same rule. A path that AddObject does not
/// know is an object that the device cannot make: not_implemented.
Status status_of(const Fault& fault, bool of_add_object = false);

/// A text of the device, for people: 256 octets of it, of whole characters, and no controls.
std::string presentable(std::string_view text);

/// errorInfo/additionalInfo: "CWMP 9007 Invalid parameter value: <path>", the faults of parameters behind it (the first 32).
/// The device's texts are cut to 256 octets and hold no control characters.
std::string additional_info(const Fault& fault, std::string_view path);

}  // namespace nscl::rem::tr069
