// SPDX-License-Identifier: Apache-2.0
#include "login.h"

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t most_cookies = 8, longest_cookie = 4096;
constexpr unsigned most_refusals = 2;

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::vector<std::string> values_of(const net::WebAnswer& answer, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [field, value] : answer.fields) {
    if (equals_ignoring_case(field, name)) out.push_back(value);
  }
  return out;
}

bool offers_basic(const std::vector<std::string>& challenges) {
  return std::ranges::any_of(challenges, [](const auto& field) { return field.size() > 6 && equals_ignoring_case(field.substr(0, 6), "basic "); });
}

}  // namespace

std::string target_of(std::string_view uri) {
  const auto scheme = uri.find("://");
  const auto path = uri.find_first_of("/?", scheme == uri.npos ? 0 : scheme + 3);
  if (path == uri.npos) return "/";
  const auto target = uri.substr(path, uri.find('#') - path);
  return target.front() == '?' ? "/" + std::string(target) : std::string(target);
}

void Login::begin_session(std::string user, Secret password) {
  user_ = std::move(user);
  password_ = std::move(password);
  digest_.reset();
  count_ = refusals_ = 0;
  sends_basic_ = habits_.sends_basic_first;
  if (!habits_.keeps_cookies_over) cookies_.clear();
}

std::string Login::authorization(const net::WebCall& call) {
  if (digest_) {
    if (habits_.counts || count_ == 0) ++count_;
    const auto target = habits_.knows_qop ? target_of(call.uri) : std::string();
    return security::digest_answer(*digest_, user_, password_, {.method = net::name_of(call.method), .uri = target, .count = count_});
  }
  if (!sends_basic_) return {};
  std::string clear = user_ + ":" + std::string(password_.view());
  auto out = "Basic " + base64_encode(clear);
  wipe(clear);
  return out;
}

void Login::sign(net::WebCall& call, bool is_inform) {
  const bool may_sign = !password_.empty() && (is_inform || !habits_.signs_inform_only);
  auto field = may_sign ? authorization(call) : std::string();
  if (!field.empty()) call.fields.emplace_back("Authorization", std::move(field));
  std::string cookies;
  for (const auto& [name, rest] : cookies_) cookies += (cookies.empty() ? "" : "; ") + name + "=" + rest;
  if (!cookies.empty()) call.fields.emplace_back("Cookie", std::move(cookies));
}

bool Login::take_challenge(const net::WebAnswer& answer) {
  if (password_.empty()) return false;
  const auto challenges = values_of(answer, "www-authenticate");
  auto digest = security::choose_challenge(challenges);
  const bool is_again = ++refusals_ >= most_refusals && !(digest && digest->is_stale && refusals_ == most_refusals);
  if (is_again) return false;
  count_ = 0;
  if (digest && !habits_.knows_qop) digest->wants_auth = digest->has_opaque = digest->names_algorithm = false;
  digest_ = std::move(digest);
  const bool had_basic = sends_basic_;
  sends_basic_ = !digest_ && offers_basic(challenges);
  return digest_.has_value() || (sends_basic_ && !had_basic);
}

void Login::take_cookies(const net::WebAnswer& answer) {
  if (answer.status != 401) refusals_ = 0;
  if (!habits_.keeps_cookies) return;
  for (const auto& field : values_of(answer, "set-cookie")) {
    const auto equals = field.find('=');
    if (equals == field.npos || equals == 0 || field.size() > longest_cookie) continue;
    const auto name = field.substr(0, equals);
    auto rest = field.substr(equals + 1);
    if (!habits_.echoes_attributes) rest = rest.substr(0, rest.find(';'));
    const auto known = std::ranges::find(cookies_, name, &std::pair<std::string, std::string>::first);
    if (known != cookies_.end()) known->second = std::move(rest);
    else if (cookies_.size() < most_cookies) cookies_.emplace_back(name, std::move(rest));
  }
}

}  // namespace nscl::rem::simulator
