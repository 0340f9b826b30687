// SPDX-License-Identifier: Apache-2.0
// Look-ups: one for a name however many ask, eight at once, and a bounded number of names remembered.
#include "name_resolver.h"

#include <algorithm>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

namespace nscl::net {
namespace {

constexpr std::size_t most_running = 8;    ///< threads
constexpr std::size_t most_names = 1024;   ///< known, queued and running together
constexpr std::size_t most_addresses = 8;
constexpr auto known_time = std::chrono::seconds{60};
constexpr auto failed_time = std::chrono::seconds{5};

}  // namespace

std::shared_ptr<NameResolver::Lookup> NameResolver::look_up(const std::string& host) {
  if (stopped_) return nullptr;
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

NameResolver::Addresses NameResolver::ask_the_system(const std::string& host) {
  using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor>;
  Addresses addresses;
  boost::asio::io_context unused;
  boost::system::error_code error;
  for (const auto& entry : Resolver(unused).resolve(host, "", error)) {
    const auto address = entry.endpoint().address();
    const bool is_new = std::find(addresses.begin(), addresses.end(), address) == addresses.end();
    if (is_new && addresses.size() < most_addresses) addresses.push_back(address);
  }
  return addresses;
}

void NameResolver::begin(const std::shared_ptr<Lookup>& lookup) {
  ++running_;
  if (!threads_) threads_.emplace(most_running);
  boost::asio::post(*threads_, [self = shared_from_this(), lookup, host = lookup->host]() mutable {
    auto addresses = self->ask_(host);
    auto& context = self->context_;
    boost::asio::post(context, [self = std::move(self), lookup, addresses = std::move(addresses)]() mutable {
      self->finish(*lookup, std::move(addresses));
    });
  });
}

void NameResolver::finish(Lookup& lookup, Addresses addresses) {
  --running_;
  if (stopped_) return;
  lookup.addresses = std::move(addresses);
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
  threads_.reset();   // waits for what has begun, and drops the rest
}

}  // namespace nscl::net
