// SPDX-License-Identifier: Apache-2.0
// scheduleString: the time fields of a POSIX crontab line (resources.md 5.2).
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <nscl/core/authorise.h>

#include "next_hop.h"

namespace nscl::delivery {
namespace {

using std::chrono::days;
using std::chrono::minutes;

/// What one field admits, as a set of numbers below 64.
struct Range {
  unsigned first, last;
};
constexpr std::array<Range, 5> bounds{{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}};

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// "*", "5", "1-5", "*/15", "1-30/2".
std::optional<std::uint64_t> item_of(std::string_view item, Range bound) {
  const auto slash = item.find('/');
  const auto step = slash == item.npos ? std::optional(1u) : parse_number(item.substr(slash + 1));
  auto base = item.substr(0, slash);
  Range range = bound;
  if (base != "*") {
    const auto dash = base.find('-');
    const auto first = parse_number(base.substr(0, dash));
    const auto last = dash == base.npos ? (slash == item.npos ? first : std::optional(bound.last)) : parse_number(base.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    range = {*first, *last};
  }
  if (!step || *step == 0 || range.first < bound.first || range.last > bound.last || range.first > range.last) return std::nullopt;
  std::uint64_t set = 0;
  for (auto i = range.first; i <= range.last; i += *step) set |= std::uint64_t{1} << i;
  return set;
}

std::optional<std::uint64_t> field_of(std::string_view field, Range bound) {
  std::uint64_t set = 0;
  for (;;) {
    const auto comma = field.find(',');
    const auto item = item_of(field.substr(0, comma), bound);
    if (!item) return std::nullopt;
    set |= *item;
    if (comma == field.npos) return set;
    field.remove_prefix(comma + 1);
  }
}

struct Schedule {
  std::array<std::uint64_t, 5> sets{};   // minute, hour, day of the month, month, day of the week
  bool any_day = true, any_weekday = true;
};

std::optional<Schedule> parse(std::string_view line) {
  Schedule schedule;
  for (std::size_t i = 0; i < 5; ++i) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto field = line.substr(0, end);
    const auto set = field.empty() ? std::nullopt : field_of(field, bounds[i]);
    if (!set) return std::nullopt;
    schedule.sets[i] = *set;
    if (i == 2) schedule.any_day = field.starts_with('*');
    if (i == 4) schedule.any_weekday = field.starts_with('*');
    line.remove_prefix(end);
  }
  if (line.find_first_not_of(" \t") != line.npos) return std::nullopt;
  if (schedule.sets[4] & (1u << 7)) schedule.sets[4] |= 1;   // 7 is Sunday too
  return schedule;
}

// POSIX: with both days given, either of them is enough.
bool admits_day(const Schedule& schedule, std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  const auto has = [](std::uint64_t set, unsigned value) { return ((set >> value) & 1) != 0; };
  if (!has(schedule.sets[3], unsigned(date.month()))) return false;
  const bool by_day = has(schedule.sets[2], unsigned(date.day()));
  const bool by_weekday = has(schedule.sets[4], std::chrono::weekday(day).c_encoding());
  return schedule.any_day || schedule.any_weekday ? by_day && by_weekday : by_day || by_weekday;
}

bool admits(const Schedule& schedule, Time time) {
  const auto day = std::chrono::floor<days>(time);
  const auto minute = std::chrono::floor<minutes>(time - day).count();
  return admits_day(schedule, day) && ((schedule.sets[1] >> (minute / 60)) & 1) != 0 && ((schedule.sets[0] >> (minute % 60)) & 1) != 0;
}

}  // namespace

bool is_open(std::string_view line, Time time) {
  const auto schedule = parse(line);
  return schedule && admits(*schedule, time);
}

Time next_opening(const std::vector<std::string>& lines, Time from) {
  std::vector<Schedule> schedules;
  for (const auto& line : lines) {
    if (const auto schedule = parse(line)) schedules.push_back(*schedule);
  }
  const Time first = std::chrono::ceil<minutes>(from);
  for (auto day = std::chrono::floor<days>(first); day <= first + days{366}; day += days{1}) {
    const bool any = std::any_of(schedules.begin(), schedules.end(), [&](const Schedule& s) { return admits_day(s, day); });
    if (!any) continue;
    for (Time minute = std::max<Time>(day, first); minute < day + days{1}; minute += minutes{1}) {
      if (std::any_of(schedules.begin(), schedules.end(), [&](const Schedule& s) { return admits(s, minute); })) return minute;
    }
  }
  return never;
}

std::vector<std::string> schedules_of(const model::Resource& scl) {
  std::vector<std::string> lines;
  const auto* schedule = scl.attributes.find("schedule");
  const auto* list = schedule ? schedule->find("scheduleString") : nullptr;
  if (!list) return lines;
  for (const auto& entry : list->list()) {
    const auto* text = entry.find("$t");
    lines.emplace_back(text ? text->text() : entry.text());
  }
  return lines;
}

}  // namespace nscl::delivery
