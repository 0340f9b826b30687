// SPDX-License-Identifier: Apache-2.0
// What an Inform tells device management.
#pragma once

#include <optional>
#include <string>

#include <nscl/rem/tr069/rpc.h>
#include <nscl/rem/work.h>

namespace nscl::rem::tr069 {

/// Takes the parameters out of `inform`.
Contact contact_of(Inform& inform, const Header& header, const std::string& address);

/// An end that the CPE tells of, and the answer once that is durable.
struct ToldEnd {
  Completion completion;   ///< its kind is the RPC's name; of several results the first failure decides
  Message response;
};
/// nullopt: the message is about something else.
std::optional<ToldEnd> told_end(const std::string& device, const Message& message);

}  // namespace nscl::rem::tr069
