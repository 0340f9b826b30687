// SPDX-License-Identifier: Apache-2.0
// A passage is remembered longer than it lasts: its request may still come round by another SCL.
#include "passages.h"

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::delivery {
namespace {

constexpr std::size_t longest_identifier = 256;

// The identifier is hexBinary.
std::string new_identifier() {
  std::string out;
  for (const unsigned char octet : random_octets(16)) {
    out += "0123456789ABCDEF"[octet / 16];
    out += "0123456789ABCDEF"[octet % 16];
  }
  return out;
}

}  // namespace

Visit::Visit(Passages& passages, std::shared_ptr<Passage> passage, Steady::time_point ends, std::size_t members)
    : passages_(passages), passage_(std::move(passage)), ends_(ends), members_(members) {}

Visit::~Visit() {
  const std::lock_guard lock(passages_.mutex_);
  passage_->bytes -= bytes_;
  passages_.members_ -= members_;
}

bool Visit::claim(std::size_t bytes) {
  const std::lock_guard lock(passages_.mutex_);
  if (bytes > passages_.options_.answer_bytes - passage_->bytes) return false;
  passage_->bytes += bytes;
  bytes_ += bytes;
  return true;
}

void Visit::expect(std::uint64_t group) {
  const auto now = Steady::now();
  const std::lock_guard lock(passages_.mutex_);
  // No more limits than groups it may still reach.
  if (passage_->limits.size() < passages_.options_.groups) passage_->limits[group] = now + (ends_ - now) * 9 / 10;
}

Result<std::unique_ptr<Visit>> Passages::enter(std::string identifier, std::uint64_t group, Steady::time_point ends, std::size_t members) {
  if (identifier.size() > longest_identifier) return bad_request("the groupRequestIdentifier is too long");
  if (identifier.empty()) identifier = new_identifier();
  const auto now = Steady::now();
  const std::lock_guard lock(mutex_);
  forget(now);
  auto found = passage(std::move(identifier), now);
  if (found->groups.contains(group)) return std::unique_ptr<Visit>{};
  if (found->groups.size() >= options_.groups) return failure(Status::forbidden, "the request went through more groups than this SCL lets one request reach");
  if (members_ != 0 && members_ + members > options_.members) return failure(Status::service_unavailable, "too many members of groups are being asked at the moment");
  found->groups.insert(group);
  members_ += members;
  if (const auto limit = found->limits.find(group); limit != found->limits.end()) ends = std::min(ends, limit->second);
  return std::make_unique<Visit>(*this, std::move(found), ends, members);
}

std::shared_ptr<Passage> Passages::passage(std::string identifier, Steady::time_point now) {
  auto& known = by_identifier_[identifier];
  if (known) return known;
  known = std::make_shared<Passage>();
  known->identifier = std::move(identifier);
  known->since = now;
  by_age_.push_back(known);
  return known;
}

void Passages::forget(Steady::time_point now) {
  while (!by_age_.empty() && (by_age_.front()->since + options_.memory < now || by_age_.size() >= options_.identifiers)) {
    by_identifier_.erase(by_age_.front()->identifier);
    by_age_.pop_front();
  }
}

}  // namespace nscl::delivery
