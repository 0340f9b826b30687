// SPDX-License-Identifier: Apache-2.0
// The UUID of a deployment unit.
#include <nscl/rem/tr069/uuid.h>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <nscl/base/bytes.h>

namespace nscl::rem::tr069 {
namespace {

bool stands_as_it_is(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

}  // namespace

std::string deployment_unit_uuid(std::string_view name, std::string_view vendor) {
  std::string full;
  for (const char c : name) {
    if (stands_as_it_is(c)) full += c;
    else full.append("%").append(hex_encode(std::string_view(&c, 1)));
  }
  full.append(".").append(vendor).append(".");
  return to_string(boost::uuids::name_generator_sha1(boost::uuids::ns::dns())(full));
}

}  // namespace nscl::rem::tr069
