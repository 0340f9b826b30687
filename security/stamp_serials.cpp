// SPDX-License-Identifier: Apache-2.0
#include "stamp_serials.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace nscl::security {
namespace {

constexpr std::string_view fact_name = "timestamp_serial";   // the first number that was not taken

Result<std::uint64_t> parse(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return failure(Status::internal_server_error, "the serial number of the last time stamp cannot be read");
  return number;
}

}  // namespace

Result<std::uint64_t> StampSerials::next() {
  if (next_ == end_) {
    if (auto reserved = reserve(); !reserved) return tl::unexpected(std::move(reserved.error()));
  }
  return next_++;
}

/// A block begins at the time in milliseconds if that is higher: a store that was put back from an old copy does not
/// know which numbers were given since, but there were fewer of them than milliseconds.
Result<void> StampSerials::reserve() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::floor<milliseconds>(clock_.now().time_since_epoch()).count();
  std::uint64_t first = static_cast<std::uint64_t>(std::max<std::int64_t>(now, 1));
  const auto taken = store_.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    if (const auto known = transaction.fact(fact_name)) {
      const auto number = parse(*known);
      if (!number) return tl::unexpected(number.error());
      first = std::max(first, *number);
    }
    transaction.put_fact(fact_name, std::to_string(first + block_));
    return {};
  });
  if (!taken) return taken;
  next_ = first;
  end_ = first + block_;
  return {};
}

}  // namespace nscl::security
