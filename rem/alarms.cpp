// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/alarms.h>

#include <algorithm>
#include <memory>

#include <nscl/base/log.h>

namespace nscl::rem {
namespace {

constexpr std::size_t longest_alarm_text = 512;
constexpr std::size_t most_rung = 4096, written_at_once = 256;
constexpr std::chrono::minutes between_writes{1};
constexpr std::array ended_by_contact = {alarm::not_seen, alarm::login, alarm::unreachable};

}  // namespace

bool is_alarm_kind(std::string_view kind) { return std::ranges::find(alarm_kinds, kind) != alarm_kinds.end(); }

void raise_alarm(store::ManagementWrites& management, const std::string& device, std::string_view kind, std::string_view text, Time now, std::uint64_t times) {
  auto alarm = management.alarm(device, kind);
  if (!alarm) {
    if (!management.device(device)) return;
    alarm = store::ManagementAlarm{.device = device, .kind = std::string(kind), .since = now, .last = now, .count = 0, .text = {}};
    log::warning("alarm.raised", {{"device", device}, {"kind", kind}, {"reason", text}});
  }
  alarm->last = now;
  alarm->count += times;
  alarm->text = text.substr(0, longest_alarm_text);
  management.put_alarm(*alarm);
}

bool clear_alarm(store::ManagementWrites& management, const std::string& device, std::string_view kind) {
  if (!management.erase_alarm(device, kind)) return false;
  log::info("alarm.cleared", {{"device", device}, {"kind", kind}});
  return true;
}

std::string clear_alarms(store::ManagementWrites& management, const std::string& device, std::string_view kind) {
  std::string cleared;
  for (const auto& alarm : management.alarms(device)) {
    if (!kind.empty() && alarm.kind != kind) continue;
    clear_alarm(management, device, alarm.kind);
    cleared.append(cleared.empty() ? "" : " ").append(alarm.kind);
  }
  return cleared;
}

void clear_by_contact(store::ManagementWrites& management, const std::string& device, bool was_called) {
  for (const auto kind : ended_by_contact) clear_alarm(management, device, kind);
  if (was_called) clear_alarm(management, device, alarm::call_login);
}

bool is_cleared_by_contact(store::ManagementReads& management, std::string_view device) {
  const auto there = management.alarms(device);
  return std::ranges::any_of(there, [](const auto& each) { return std::ranges::find(ended_by_contact, each.kind) != ended_by_contact.end(); });
}

// ---- AlarmBell

void AlarmBell::ring(const std::string& device, std::string_view kind, std::string text) {
  const std::scoped_lock lock(mutex_);
  const Key key{device, kind};
  if (rung_.size() >= most_rung && !rung_.contains(key)) return;
  auto& rung = rung_[key];
  ++rung.count;
  rung.text = std::move(text);
}

std::map<AlarmBell::Key, AlarmBell::Rung> AlarmBell::take(Time now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(rung_, [now](const auto& each) { return each.second.count == 0 && each.second.next <= now; });
  std::map<Key, Rung> out;
  for (auto& [key, rung] : rung_) {
    if (rung.count == 0 || rung.next > now || out.size() >= written_at_once) continue;
    out.emplace(key, rung);
    rung.count = 0;
    rung.next = now + between_writes;
  }
  return out;
}

void AlarmBell::keep(boost::asio::io_context& context) {
  const auto now = clock_.now();
  const auto taken = std::make_shared<const std::map<Key, Rung>>(take(now));
  if (taken->empty()) return;
  store_.write(
      [taken, now](store::Transaction& transaction) -> Result<void> {
        for (const auto& [key, rung] : *taken) raise_alarm(transaction.manage(), key.first, key.second, rung.text, now, rung.count);
        return {};
      },
      context, [](const Result<void>& done) {
        if (!done) log::warning("alarm.not_written", {{"reason", done.error().detail}});
      });
}

}  // namespace nscl::rem
