// SPDX-License-Identifier: Apache-2.0
// The arguments of a command, and the RPC that they make.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/rem/task.h>
#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::tr069 {

/// Reads a list of arguments by their names, and notes what is wrong with them: unknown ones too, when it goes. Values never
/// stand in a complaint, since some are passwords.
class Arguments {
 public:
  enum class Need { may, must };

  Arguments(const std::vector<Argument>& list, std::vector<std::string>& complaints, std::string where = {});
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /// Empty if it is not there; at most `most` characters.
  std::string text(std::string_view name, std::size_t most, Need need = Need::may);
  Secret secret(std::string_view name);
  /// `otherwise` if it is not there.
  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most, std::int64_t otherwise, Need need = Need::may);
  std::uint32_t unsigned_int(std::string_view name, Need need = Need::may);
  /// Every structure of one of these names; others of the list are unknown.
  std::vector<const Argument*> structures(std::vector<std::string_view> names);

  void complain(std::string_view what, std::string_view name);

 private:
  const Argument* find(std::string_view name, Need need);

  const std::vector<Argument>& list_;
  std::vector<std::string>& complaints_;
  std::string where_;                         ///< "TimeWindow 1: "
  std::vector<const Argument*> read_;
};

/// The RPC of a command. bad_request names everything that is wrong with its arguments.
Result<Message> rpc_of(const Command& command, const std::string& key);

}  // namespace nscl::rem::tr069
