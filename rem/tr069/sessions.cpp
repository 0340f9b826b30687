// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/tr069/sessions.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>

namespace nscl::rem::tr069 {
namespace {

constexpr std::chrono::seconds busy_time{5}, full_time{60};
constexpr std::chrono::minutes visit_time{1};

tl::unexpected<Reply> refusal(unsigned status, std::string_view why, std::chrono::seconds retry_after = {}) {
  Reply reply;
  reply.status = status;
  reply.body = std::string(why) + "\n";
  reply.retry_after = retry_after;
  return tl::unexpected(std::move(reply));
}

}  // namespace

Sessions::Sessions(Work& work, Performing performing, SessionLimits limits, Now now, Doubled doubled)
    : work_(work), performing_(std::move(performing)), limits_(limits), now_(std::move(now)), doubled_(std::move(doubled)) {}

Sessions::Line::~Line() {
  if (const auto table = table_.lock()) table->lose(*this);
}

tl::expected<Sessions::Use, Reply> Sessions::open(Line& line, const std::string& device, Caller caller) {
  std::vector<std::shared_ptr<Session>> given_way;
  std::shared_ptr<Session> session;
  auto id = hex_encode(random_octets(16));
  {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    const auto found = by_device_.find(device);
    if (found != by_device_.end() && !gives_way(by_id_.at(found->second), line, now)) {
      log::warning("acs.second_session", {{"device", device}, {"peer", caller.peer}});
      if (doubled_) doubled_(device, caller);
      return refusal(503, "a session of this device is in progress", busy_time);
    }
    if (is_too_often(device, now)) return refusal(503, "this device begins sessions too often", full_time);
    if (found == by_device_.end() && by_device_.size() >= limits_.sessions) return refusal(503, "too many sessions are in progress", full_time);
    if (found != by_device_.end()) given_way.push_back(take_out(std::string(found->second)));
    if (const auto own = by_id_.find(line.session_); own != by_id_.end() && !own->second.is_busy) given_way.push_back(take_out(std::string(line.session_)));
    session = std::make_shared<Session>(work_, performing_, limits_, device);
    by_id_[id] = Entry{session, std::move(caller), &line, now, true};
    by_device_[device] = id;
    line.session_ = id;
  }
  for (const auto& old : given_way) old->abandon("another session began");
  return Use(shared_from_this(), std::move(session), std::move(id), false);
}

/// An older session of a device that says Inform. One that is in use cannot be ended; the connection of one that was used just now may
/// well be another device of the same name.
bool Sessions::gives_way(const Entry& entry, const Line& line, Clock::time_point now) const {
  if (entry.is_busy) return false;
  return entry.line == nullptr || entry.line == &line || now - entry.last > limits_.overrun;
}

bool Sessions::is_too_often(const std::string& device, Clock::time_point now) {
  if (now - minute_ > visit_time) {
    minute_ = now;
    visits_.clear();
  }
  return ++visits_[device] > limits_.informs_per_minute;
}

std::shared_ptr<Session> Sessions::take_out(const std::string& id) {
  const auto entry = by_id_.extract(id);
  auto session = entry.mapped().session;
  const auto of_device = by_device_.find(session->device());
  if (of_device != by_device_.end() && of_device->second == id) by_device_.erase(of_device);
  return session;
}

Sessions::Standing Sessions::find(const Line& line, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  if (const auto here = by_id_.find(line.session_); here != by_id_.end()) return {Place::here, here->first, here->second.caller};
  if (const auto there = by_id_.find(std::string(id)); there != by_id_.end()) return {Place::elsewhere, there->first, there->second.caller};
  return {};
}

tl::expected<Sessions::Use, Reply> Sessions::resume(Line& line, const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return refusal(400, "there is no such session; it begins with an Inform");
  Entry& entry = found->second;
  if (entry.is_busy) return refusal(503, "another request of this session is in progress", busy_time);
  const bool is_new = entry.line != &line;
  entry.is_busy = true;
  entry.line = &line;
  line.session_ = id;
  return Use(shared_from_this(), entry.session, id, is_new);
}

bool Sessions::is_full() const {
  const std::lock_guard lock(mutex_);
  return by_device_.size() >= limits_.sessions;
}

std::size_t Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return by_device_.size();
}

void Sessions::release(const std::string& id) {
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

void Sessions::lose(const Line& line) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(line.session_);
  if (found == by_id_.end() || found->second.line != &line) return;
  found->second.line = nullptr;
  found->second.last = now_();
}

bool Sessions::is_lost(const Entry& entry, Clock::time_point now) const {
  return !entry.is_busy && now - entry.last > (entry.line != nullptr ? entry.session->patience() : limits_.grace);
}

// Those that are over may be very many after a power cut, and are not looked at before their time.
void Sessions::sweep() {
  std::vector<std::shared_ptr<Session>> lost;
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
void Sessions::forget(const std::string& id, Clock::time_point now) {
  const auto found = by_id_.find(id);
  const bool is_due = found != by_id_.end() && !found->second.is_busy && now - found->second.last > limits_.farewell;
  if (is_due) by_id_.erase(found);
}

}  // namespace nscl::rem::tr069
