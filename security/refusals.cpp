// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/refusals.h>

#include <algorithm>
#include <functional>

namespace nscl::security {

// The row of this kind, or a free one, near the place where its hash puts it; null if there is no room there.
Refusals::Row* Refusals::find(std::string_view event, std::string_view principal, std::string_view source) {
  constexpr std::size_t nearby = 16;
  const std::hash<std::string_view> hash;
  const auto start = hash(event) ^ (hash(principal) * 31) ^ (hash(source) * 131);
  Row* free = nullptr;
  for (std::size_t i = 0; i < nearby; ++i) {
    Row& row = rows_[(start + i) % kinds];
    if (!row.is_used) free = free ? free : &row;
    else if (row.event == event && row.principal == principal && row.source == source) return &row;
  }
  return free;
}

void Refusals::note(std::string_view event, std::string_view principal, std::string_view source, Clock::time_point now) {
  event = event.substr(0, longest_name);
  principal = principal.substr(0, longest_name);
  source = source.substr(0, longest_name);
  const std::lock_guard lock(mutex_);
  Row* row = find(event, principal, source);
  if (!row) {
    rest_.since = rest_.count == 0 ? now : rest_.since;
    ++rest_.count;
    return;
  }
  if (!row->is_used) *row = Row{std::string(event), std::string(principal), std::string(source), now, 0, true, false};
  ++row->count;
}

std::vector<Refused> Refusals::take(Clock::time_point now, bool all) {
  std::vector<Refused> out;
  const std::lock_guard lock(mutex_);
  for (Row& row : rows_) {
    if (!row.is_used) continue;
    if (!row.is_told) {
      out.push_back({row.event, row.principal, row.source, 1, true, false});
      row.is_told = true;
      --row.count;
    }
    const bool is_over = now - row.since >= span;
    if ((is_over || all) && row.count > 0) {
      out.push_back({row.event, row.principal, row.source, row.count, false, false});
      row.count = 0;
      row.since = now;   // whoever goes on is a number from now on
    } else if (is_over) {
      row = Row{};       // a quiet minute: the next one is a first again
    }
  }
  if (rest_.count > 0 && (all || now - rest_.since >= span)) {
    out.push_back({"refused.others", {}, {}, rest_.count, false, true});
    rest_.count = 0;
  }
  return out;
}

}  // namespace nscl::security
