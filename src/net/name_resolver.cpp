// SPDX-License-Identifier: Apache-2.0
// Look-ups: one for a name however many ask, 64 at once, and a bounded number of names remembered.
#include "name_resolver.h"

#include <algorithm>

namespace nscl::net {
namespace {

constexpr std::size_t most_running = 64;
constexpr std::size_t most_names = 1024;   ///< known, queued and running together
constexpr std::size_t most_addresses = 8;
constexpr auto known_time = std::chrono::seconds{60};
constexpr auto failed_time = std::chrono::seconds{5};

}  // namespace

std::shared_ptr<NameResolver::Lookup> NameResolver::look_up(const std::string& host) {
  const auto now = Clock::now();
  const auto found = lookups_.find(host);
  if (found != lookups_.end()) {
    if (!found->second->is_done || now < found->second->until) return found->second;
    lookups_.erase(found);
  }
  if (lookups_.size() >= most_names) forget_old(now);
  if (lookups_.size() >= most_names) return nullptr;
  auto lookup = std::make_shared<Lookup>();
  lookup->host = host;
  lookups_.emplace(host, lookup);
  if (running_ < most_running) {
    begin(lookup);
  } else {
    queued_.push_back(lookup);
  }
  return lookup;
}

void NameResolver::begin(const std::shared_ptr<Lookup>& lookup) {
  ++running_;
  auto finish_it = [self = shared_from_this(), lookup](const boost::system::error_code& error, const Resolver::results_type& results) {
    self->finish(*lookup, error, results);
  };
  resolver_.async_resolve(lookup->host, "", std::move(finish_it));
}

void NameResolver::finish(Lookup& lookup, const boost::system::error_code& error, const Resolver::results_type& results) {
  --running_;
  if (stopped_) return;
  if (!error) {
    for (const auto& entry : results) {
      const auto address = entry.endpoint().address();
      const bool is_new = std::find(lookup.addresses.begin(), lookup.addresses.end(), address) == lookup.addresses.end();
      if (is_new && lookup.addresses.size() < most_addresses) lookup.addresses.push_back(address);
    }
  }
  lookup.is_done = true;
  lookup.until = Clock::now() + (lookup.addresses.empty() ? failed_time : known_time);
  for (Signal* signal : lookup.waiting) signal->set();
  if (!queued_.empty()) {
    const auto next = std::move(queued_.front());
    queued_.pop_front();
    begin(next);
  }
}

/// Makes room: what is out of date goes, and if that is not enough, whatever is known.
void NameResolver::forget_old(Clock::time_point now) {
  std::erase_if(lookups_, [now](const auto& entry) { return entry.second->is_done && now >= entry.second->until; });
  if (lookups_.size() >= most_names) std::erase_if(lookups_, [](const auto& entry) { return entry.second->is_done; });
}

void NameResolver::stop() {
  stopped_ = true;
  queued_.clear();
  resolver_.cancel();
}

}  // namespace nscl::net
