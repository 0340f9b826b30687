// SPDX-License-Identifier: Apache-2.0
// What happens to the lamps of a simulated gateway, which are objects of its own (docs/simulator.md).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/rem/simulator/gateway.h>

namespace nscl::rem::simulator {

/// Writes who the devices are that a gateway with this OUI and serial number lists.
void name_callers(DataModel& model, const std::string& oui, const std::string& serial);

/// What becomes of a lamp after the gateway has taken a change of it: CommandProcessed of its row is Pending for a while, then Success;
/// or Error, and the old values, if a parameter was to be "broken".
class Proxy {
 public:
  using Values = std::vector<std::pair<std::string, std::string>>;   ///< full path, value

  /// `path` was changed, added or removed; `before` is what it was.
  void take(DataModel& model, std::string_view path, std::string_view value, std::string before, Time now);
  /// What is over by now shows in the rows.
  void settle(DataModel& model, Time now);

 private:
  struct Command {
    Time ends;
    std::string row;     ///< without the root
    Values before;
    bool fails = false;
  };
  std::vector<Command> commands_;
};

}  // namespace nscl::rem::simulator
