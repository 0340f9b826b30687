// SPDX-License-Identifier: Apache-2.0
// Reading many parameters by GetParameterValues.
#include "value_reader.h"

#include <algorithm>
#include <set>

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t most_octets = 8 * 1024 * 1024;   // of names and values: a device can send as much as it likes
constexpr unsigned most_lost = 8;

}  // namespace

ValueReader::ValueReader(std::vector<std::string> names, std::size_t batch, Faults faults) : faults_(faults) {
  const auto size = std::max<std::size_t>(batch, 1);
  std::set<std::string> seen;
  Batch leaves;
  for (auto& name : names) {
    if (!seen.insert(name).second) continue;
    if (name.ends_with('.')) batches_.push_back({std::move(name)});
    else leaves.push_back(std::move(name));
    if (leaves.size() == size) batches_.push_back(std::exchange(leaves, {}));
  }
  if (!leaves.empty()) batches_.push_back(std::move(leaves));
}

Message ValueReader::request() const { return GetParameterValues{batches_.front()}; }

std::optional<Fault> ValueReader::answered(const Message& answer) {
  heard_ = true;
  silences_ = lost_ = 0;
  if (const auto* fault = std::get_if<Fault>(&answer)) {
    if (fault->code == 9004 && batches_.front().size() > 1) {
      narrow();
      return std::nullopt;
    }
    if (fault->code != 9005 && faults_ == Faults::end) return *fault;
    if (!halve()) batches_.pop_front();
    return std::nullopt;
  }
  const auto* response = std::get_if<GetParameterValuesResponse>(&answer);
  // Some devices answer with an empty list for the sake of one name that they do not know.
  if (response && response->parameters.empty() && halve()) return std::nullopt;
  if (response && !take(*response)) return make_fault(8004, "the values are more than 8 MiB");
  batches_.pop_front();
  return std::nullopt;
}

bool ValueReader::unanswered() {
  if (batches_.front().size() > 1) {
    narrow();
    return true;
  }
  if (++silences_ < 2) return true;
  if (!heard_ || ++lost_ == most_lost) return false;
  silences_ = 0;
  batches_.pop_front();
  return true;
}

std::vector<Leaf> ValueReader::list() const {
  std::vector<Leaf> out;
  for (const auto& [name, leaf] : leaves_) out.push_back(leaf);
  return out;
}

/// False: it is too much.
bool ValueReader::take(const GetParameterValuesResponse& response) {
  const auto& asked = batches_.front();
  const bool whole_object = asked.front().ends_with('.');
  const std::set<std::string_view> names(asked.begin(), asked.end());
  for (const auto& parameter : response.parameters) {
    const bool wanted = whole_object ? parameter.name.starts_with(asked.front()) : names.contains(parameter.name);
    if (!wanted) continue;
    octets_ += parameter.name.size() + parameter.value.size() + parameter.type.size();
    if (octets_ > most_octets) return false;
    leaves_.insert_or_assign(parameter.name, Leaf{parameter.name, parameter.value, parameter.type});
  }
  return true;
}

/// Cuts the batch in front in two; false if it is one name.
bool ValueReader::halve() {
  auto& front = batches_.front();
  if (front.size() < 2) return false;
  const auto middle = front.begin() + static_cast<std::ptrdiff_t>(front.size() / 2);
  Batch second(middle, front.end());
  front.erase(middle, front.end());
  batches_.insert(batches_.begin() + 1, std::move(second));
  return true;
}

/// Cuts every batch that is as large as the one in front: the device would not take those either.
void ValueReader::narrow() {
  const auto most = batches_.front().size() / 2;
  std::deque<Batch> smaller;
  for (const auto& batch : batches_) {
    for (std::size_t i = 0; i < batch.size(); i += most) {
      const auto begin = batch.begin() + static_cast<std::ptrdiff_t>(i);
      smaller.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(std::min(most, batch.size() - i)));
    }
  }
  batches_ = std::move(smaller);
}

}  // namespace nscl::rem::tr069
