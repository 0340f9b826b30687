// SPDX-License-Identifier: Apache-2.0
// Reading many parameters by GetParameterValues.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/task.h>
#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::tr069 {

/// Asks in batches, and in smaller ones where the device cannot answer a batch, so that in the end only the names that it does not
/// have are missing. A name that ends in a dot is a whole object, and asked for alone.
class ValueReader {
 public:
  enum class Faults {
    end,            ///< but 9005, and 9004 for a batch
    mean_missing,   ///< all of them: better some values than none
  };
  ValueReader() = default;
  ValueReader(std::vector<std::string> names, std::size_t batch, Faults faults = Faults::end);

  bool finished() const { return batches_.empty(); }
  Message request() const;
  const std::string& first() const { return batches_.front().front(); }   ///< of the names that are being asked for

  /// The fault that ends the reading, if it cannot go on.
  std::optional<Fault> answered(const Message& answer);
  /// False: the device answers nothing.
  bool unanswered();

  /// By name.
  const std::map<std::string, Leaf, std::less<>>& leaves() const { return leaves_; }
  std::vector<Leaf> list() const;

 private:
  using Batch = std::vector<std::string>;
  bool take(const GetParameterValuesResponse& response);
  bool halve();
  void narrow();

  std::deque<Batch> batches_;
  Faults faults_ = Faults::end;
  std::map<std::string, Leaf, std::less<>> leaves_;
  bool heard_ = false;      ///< the device has answered at all
  unsigned silences_ = 0;   ///< in a row, to one name
  unsigned lost_ = 0;       ///< names in a row that it was silent on
  std::size_t octets_ = 0;  ///< of what was read
};

}  // namespace nscl::rem::tr069
