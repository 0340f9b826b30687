// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/session_table.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>

namespace nscl::rem {
namespace {

constexpr std::chrono::seconds turn_time{5}, full_time{60};
constexpr std::chrono::minutes visit_time{1};

tl::unexpected<SessionTable::Denial> refusal(unsigned status, std::string_view why, std::chrono::seconds retry_after = {}) {
  return tl::unexpected(SessionTable::Denial{status, why, retry_after});
}

}  // namespace

SessionTable::SessionTable(TableLimits limits, Now now, Doubled doubled) : limits_(limits), now_(std::move(now)), doubled_(std::move(doubled)) {}

std::string SessionTable::fresh_id() { return hex_encode(random_octets(16)); }

SessionTable::Line::~Line() {
  if (const auto table = table_.lock()) table->lose(*this);
}

tl::expected<SessionTable::Use, SessionTable::Denial> SessionTable::open(Line& line, std::shared_ptr<TabledSession> session, Caller caller, std::string id) {
  std::vector<std::shared_ptr<TabledSession>> given_way;
  const auto& device = session->device();
  {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    const auto found = by_device_.find(device);
    if (found != by_device_.end() && !gives_way(by_id_.at(found->second), line, now)) {
      log::warning("device.second_session", {{"device", device}, {"peer", caller.peer}});
      if (doubled_) doubled_(device, caller);
      return refusal(503, "a session of this device is in progress", turn_time);
    }
    if (is_too_often(device, now)) return refusal(503, "this device begins sessions too often", full_time);
    if (found == by_device_.end() && by_device_.size() >= limits_.sessions) return refusal(503, "too many sessions are in progress", full_time);
    if (found != by_device_.end()) given_way.push_back(take_out(std::string(found->second)));
    if (const auto own = by_id_.find(line.session_); own != by_id_.end() && !own->second.is_busy) given_way.push_back(take_out(std::string(line.session_)));
    by_id_[id] = Entry{session, std::move(caller), &line, now, true};
    by_device_[device] = id;
    line.session_ = id;
  }
  for (const auto& old : given_way) old->abandon("another session began");
  return Use(shared_from_this(), std::move(session), std::move(id), false);
}

/// An older session of a device that begins one. One that is in use cannot be ended; the connection of one that was used just now may
/// well be another device of the same name.
bool SessionTable::gives_way(const Entry& entry, const Line& line, Clock::time_point now) const {
  if (entry.is_busy) return false;
  const bool is_lost = entry.line == nullptr && limits_.keeps_to_connections;
  return is_lost || entry.line == &line || now - entry.last > limits_.overrun;
}

bool SessionTable::is_too_often(const std::string& device, Clock::time_point now) {
  if (now - minute_ > visit_time) {
    minute_ = now;
    visits_.clear();
  }
  return ++visits_[device] > limits_.per_minute;
}

std::shared_ptr<TabledSession> SessionTable::take_out(const std::string& id) {
  const auto entry = by_id_.extract(id);
  auto session = entry.mapped().session;
  const auto of_device = by_device_.find(session->device());
  if (of_device != by_device_.end() && of_device->second == id) by_device_.erase(of_device);
  return session;
}

SessionTable::Standing SessionTable::find(const Line& line, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  if (const auto here = by_id_.find(line.session_); here != by_id_.end()) return {Place::here, here->first, here->second.caller};
  if (const auto there = by_id_.find(std::string(id)); there != by_id_.end()) return {Place::elsewhere, there->first, there->second.caller};
  return {};
}

tl::expected<SessionTable::Use, SessionTable::Denial> SessionTable::resume(Line& line, const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return refusal(400, "there is no such session");
  Entry& entry = found->second;
  if (entry.is_busy) return refusal(503, "another request of this session is in progress", turn_time);
  const bool is_new = entry.line != &line;
  entry.is_busy = true;
  entry.line = &line;
  line.session_ = id;
  return Use(shared_from_this(), entry.session, id, is_new);
}

bool SessionTable::knows(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return by_id_.contains(id);
}

bool SessionTable::is_full() const {
  const std::lock_guard lock(mutex_);
  return by_device_.size() >= limits_.sessions;
}

std::size_t SessionTable::count() const {
  const std::lock_guard lock(mutex_);
  return by_device_.size();
}

void SessionTable::release(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  Entry& entry = found->second;
  entry.is_busy = false;
  entry.last = now_();
  if (!entry.session->is_over()) return;
  ended_.push_back({entry.last, id});
  const auto of_device = by_device_.find(entry.session->device());
  if (of_device != by_device_.end() && of_device->second == id) by_device_.erase(of_device);
}

void SessionTable::lose(const Line& line) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(line.session_);
  if (found == by_id_.end() || found->second.line != &line) return;
  found->second.line = nullptr;
  found->second.last = now_();
}

bool SessionTable::is_lost(const Entry& entry, Clock::time_point now) const {
  const bool has_grace_only = entry.line == nullptr && limits_.keeps_to_connections;
  return !entry.is_busy && now - entry.last > (has_grace_only ? limits_.grace : entry.session->patience());
}

// Those that are over may be very many after a power cut, and are not looked at before their time.
void SessionTable::sweep() {
  std::vector<std::shared_ptr<TabledSession>> lost;
  {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    std::vector<std::string> ids;
    for (const auto& [device, id] : by_device_) {
      if (is_lost(by_id_.at(id), now)) ids.push_back(id);
    }
    for (const auto& id : ids) lost.push_back(take_out(id));
    for (; !ended_.empty() && now - ended_.front().time > limits_.farewell; ended_.pop_front()) forget(ended_.front().id, now);
  }
  for (const auto& session : lost) session->abandon("nothing came any more, or the connection was lost");
}

/// One that was used again since it was over is forgotten later.
void SessionTable::forget(const std::string& id, Clock::time_point now) {
  const auto found = by_id_.find(id);
  const bool is_due = found != by_id_.end() && !found->second.is_busy && now - found->second.last > limits_.farewell;
  if (is_due) by_id_.erase(found);
}

}  // namespace nscl::rem
