// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/grant.h>

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include <nscl/base/path.h>

namespace nscl::security {
namespace {

namespace ip = boost::asio::ip;

constexpr Flag flags[] = {Flag::read, Flag::write, Flag::discover, Flag::remove, Flag::create};

/// Calls `add` for each word until it fails.
template <class Add>
Result<void> for_each_word(std::string_view text, const Add& add) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) {
      if (auto added = add(text.substr(0, end)); !added) return added;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

template <class Address, class Network>
bool lies_in_any(const Address& address, const std::vector<Network>& networks) {
  return std::ranges::any_of(networks, [&](const Network& network) {
    return network.canonical() == Network{address, network.prefix_length()}.canonical();
  });
}

}  // namespace

std::string_view name_of(Flag flag) {
  switch (flag) {
    case Flag::read: return "READ";
    case Flag::write: return "WRITE";
    case Flag::discover: return "DISCOVER";
    case Flag::remove: return "DELETE";
    case Flag::create: return "CREATE";
  }
  return {};
}

Result<Grant> Grant::parse(std::string_view scope, std::string_view networks) {
  Grant grant;
  if (auto added = for_each_word(scope, [&](std::string_view word) { return grant.add_scope(word); }); !added) return tl::unexpected(added.error());
  if (auto added = for_each_word(networks, [&](std::string_view word) { return grant.add_network(word); }); !added) return tl::unexpected(added.error());
  if (grant.flags_ == 0) grant.flags_ = every_flag;
  return grant;
}

Result<void> Grant::add_scope(std::string_view word) {
  for (const Flag flag : flags) {
    if (word == name_of(flag)) return flags_ |= bit(flag), Result<void>{};
  }
  const bool is_path = word.size() > 1 && word.front() == '/' && word.back() != '/' && word.find("//") == word.npos;
  if (!is_path) return failure(Status::bad_request, "\"" + std::string(word) + "\" is neither READ, WRITE, DISCOVER, DELETE, CREATE nor a path such as /applications/meter");
  paths_.emplace_back(word.substr(1));
  return {};
}

Result<void> Grant::add_network(std::string_view word) {
  const std::string text(word);
  boost::system::error_code no_v4, no_v6;
  const auto v4 = ip::make_network_v4(text, no_v4);
  const auto v6 = ip::make_network_v6(text, no_v6);
  if (!no_v4) v4_.push_back(v4);
  if (!no_v6) v6_.push_back(v6);
  if (no_v4 && no_v6) return failure(Status::bad_request, "\"" + text + "\" is not a network such as 10.0.0.0/8");
  return {};
}

bool Grant::admits(Flag flag, std::string_view path) const {
  if (!has(flag)) return false;
  return paths_.empty() || std::ranges::any_of(paths_, [&](const std::string& root) { return is_within(path, root); });
}

bool Grant::admits_peer(std::string_view address) const {
  if (v4_.empty() && v6_.empty()) return true;
  boost::system::error_code error;
  const auto peer = ip::make_address(std::string(address), error);
  if (error) return false;
  return peer.is_v4() ? lies_in_any(peer.to_v4(), v4_) : lies_in_any(peer.to_v6(), v6_);
}

}  // namespace nscl::security
