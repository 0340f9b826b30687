// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/digest_authentication.h>

#include <algorithm>
#include <charconv>

#include <nscl/base/bytes.h>

#include "auth_params.h"
#include "digest_words.h"
#include "evp.h"

namespace nscl::security {
namespace {

constexpr std::size_t longest_value = 1024, stamp_digits = 16, mark_digits = 32;

std::optional<std::uint64_t> parse_hex(std::string_view text, std::size_t digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  const bool is_number = text.size() == digits && error == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional(number) : std::nullopt;
}

bool is_lower_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

/// Values that RFC 7616 wants in quotes; false if one is not, or is missing.
bool take_values(const AuthParams& params, DigestForm form, DigestCredential& credential) {
  const std::pair<std::string_view, std::string*> wanted[] = {{"username", &credential.user}, {"realm", &credential.realm},
                                                              {"nonce", &credential.nonce},   {"uri", &credential.uri},
                                                              {"cnonce", &credential.cnonce}, {"response", &credential.response}};
  const bool is_lenient = form == DigestForm::lenient;
  for (const auto& [name, value] : wanted) {
    const auto* const param = params.find(name);
    if (name == "cnonce" && credential.nc.empty()) continue;
    const bool has_form = param && (param->is_quoted || is_lenient) && (!param->value.empty() || (is_lenient && name == "uri"));
    if (!has_form || (name != "uri" && param->value.size() > longest_value)) return false;
    *value = param->value;
  }
  return true;
}

/// False unless there is qop=auth with a count; or, in a lenient field, neither of them.
bool take_quality(const AuthParams& params, DigestForm form, DigestCredential& credential) {
  if (!params.find("qop")) return form == DigestForm::lenient;
  const auto count = parse_hex(params.text("nc"), 8);
  if (!count || params.text("qop") != "auth") return false;
  credential.nc = params.text("nc");
  credential.count = static_cast<std::uint32_t>(*count);
  return true;
}

std::uint64_t stamp_of(DigestNonces::Clock::time_point time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
}

}  // namespace

bool is_digest(std::string_view authorization) { return behind_scheme(authorization, "digest").has_value(); }

std::optional<DigestCredential> parse_digest(std::string_view authorization, DigestForm form) {
  const auto params = AuthParams::parse(authorization, "digest");
  if (!params || params->find("username*") || equals_ignoring_case(params->text("userhash"), "true")) return std::nullopt;
  const auto algorithm = parse_algorithm(params->find("algorithm"));
  DigestCredential credential;
  if (!algorithm || !take_quality(*params, form, credential) || !take_values(*params, form, credential)) return std::nullopt;
  credential.algorithm = *algorithm;
  const auto octets = form == DigestForm::lenient ? hex_decode(credential.response) : std::nullopt;
  if (octets) credential.response = hex_encode(*octets);   // in lower case
  const bool is_form = credential.response.size() == 2 * size_of(*algorithm) && is_lower_hex(credential.response) && is_xml_text(credential.user);
  return is_form ? std::optional(std::move(credential)) : std::nullopt;
}

Secret hash_joined(DigestAlgorithm algorithm, std::initializer_list<std::string_view> parts) {
  static const Evp<EVP_MD> sha_256(EVP_MD_fetch(nullptr, "SHA256", nullptr)), md5(EVP_MD_fetch(nullptr, "MD5", nullptr));
  const EVP_MD* const function = (algorithm == DigestAlgorithm::sha_256 ? sha_256 : md5).get();
  const Evp<EVP_MD_CTX> state(EVP_MD_CTX_new());
  bool is_good = function && state && EVP_DigestInit_ex2(state.get(), function, nullptr) == 1;
  bool is_first = true;
  for (const auto part : parts) {
    is_good = is_good && (is_first || EVP_DigestUpdate(state.get(), ":", 1) == 1) && EVP_DigestUpdate(state.get(), part.data(), part.size()) == 1;
    is_first = false;
  }
  Secret out(size_of(algorithm));
  demand(is_good && EVP_DigestFinal_ex(state.get(), out.data(), nullptr) == 1, "a hash function for digests cannot be used");
  return out;
}

Secret digest_ha1(DigestAlgorithm algorithm, std::string_view user, std::string_view realm, std::string_view password) {
  return hash_joined(algorithm, {user, realm, password});
}

std::string digest_response(const DigestCredential& credential, const Secret& ha1, std::string_view method) {
  const std::string ha2 = hex_encode(hash_joined(credential.algorithm, {method, credential.uri}).view());
  std::string key = hex_encode(ha1.view());
  const Secret response = credential.nc.empty()
                              ? hash_joined(credential.algorithm, {key, credential.nonce, ha2})
                              : hash_joined(credential.algorithm, {key, credential.nonce, credential.nc, credential.cnonce, "auth", ha2});
  wipe(key);
  return hex_encode(response.view());
}

// ---- DigestNonces

DigestNonces::DigestNonces(std::chrono::seconds lifetime, std::size_t most)
    : key_(random_octets(32)), lifetime_(static_cast<std::uint64_t>(std::chrono::microseconds(lifetime).count())), most_(most) {}

std::string DigestNonces::text_of(std::uint64_t stamp) const {
  char digits[stamp_digits];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), stamp, 16);
  const std::string_view number(digits, static_cast<std::size_t>(end - digits));
  const std::string time = std::string(stamp_digits - number.size(), '0') + std::string(number);
  return time + keyed_digest(key_, time).substr(0, mark_digits);
}

std::string DigestNonces::make(Clock::time_point now) {
  std::uint64_t stamp = 0;
  {
    const std::lock_guard lock(mutex_);
    stamp = last_ = std::max(stamp_of(now), last_ + 1);
  }
  return text_of(stamp);
}

/// The stamp of a nonce that is ours and not over.
std::optional<std::uint64_t> DigestNonces::current(std::string_view nonce, Clock::time_point now) const {
  const auto stamp = parse_hex(nonce.substr(0, stamp_digits), stamp_digits);
  const bool is_good = stamp && equal_in_constant_time(nonce, text_of(*stamp)) && stamp_of(now) <= *stamp + lifetime_;
  return is_good ? stamp : std::nullopt;
}

bool DigestNonces::is_current(std::string_view nonce, Clock::time_point now) const { return current(nonce, now).has_value(); }

bool DigestNonces::take(std::string_view nonce, std::uint32_t count, Clock::time_point now) {
  const auto stamp = current(nonce, now);
  if (!stamp) return false;
  const std::lock_guard lock(mutex_);
  const auto is_over = [&](std::uint64_t made) { return stamp_of(now) > made + lifetime_; };
  while (!by_first_use_.empty() && is_over(by_first_use_.front())) forget_first();
  const auto found = used_.find(*stamp);
  if (found != used_.end()) return take(found->second, count);
  Counts fresh;
  if (*stamp <= floor_ || !take(fresh, count)) return false;
  if (used_.size() >= most_) {
    floor_ = std::max(floor_, by_first_use_.front());
    forget_first();
  }
  used_.emplace(*stamp, fresh);
  by_first_use_.push_back(*stamp);
  return true;
}

bool DigestNonces::take(Counts& counts, std::uint32_t count) {
  constexpr std::uint32_t width = 64;
  if (count > counts.highest) {
    const auto ahead = count - counts.highest;
    counts.below = ahead < width ? (counts.below << ahead) | 1 : 1;
    counts.highest = count;
    return true;
  }
  const auto behind = counts.highest - count;
  const std::uint64_t bit = behind < width ? std::uint64_t{1} << behind : 0;
  if (count == 0 || bit == 0 || (counts.below & bit) != 0) return false;
  counts.below |= bit;
  return true;
}

void DigestNonces::forget_first() {
  used_.erase(by_first_use_.front());
  by_first_use_.pop_front();
}

// ---- DigestAuthentication

DigestAuthentication::DigestAuthentication(Options options) : options_(std::move(options)), nonces_(options_.nonce_time, options_.nonces) {}

std::vector<std::string> DigestAuthentication::challenges(bool is_stale, Clock::time_point now) {
  using enum DigestAlgorithm;
  std::vector<std::string> all;
  for (const auto algorithm : {options_.is_lenient ? md5 : sha_256, options_.is_lenient ? sha_256 : md5}) {
    if (admits(algorithm)) all.push_back(challenge(algorithm, is_stale, now));
  }
  return all;
}

/// Lenient, with what devices have always been sent, and nothing that is newer.
std::string DigestAuthentication::challenge(DigestAlgorithm algorithm, bool is_stale, Clock::time_point now) {
  const std::string name = algorithm == DigestAlgorithm::sha_256 ? "SHA-256" : "MD5";
  const auto nonce = nonces_.make(now);
  const std::string stale = is_stale ? ", stale=true" : "";
  if (options_.is_lenient)
    return "Digest realm=\"" + options_.realm + "\", qop=\"auth\", nonce=\"" + nonce + "\", algorithm=" + name + ", opaque=\"" +
           nonce.substr(0, stamp_digits) + "\"" + stale;
  return "Digest realm=\"" + options_.realm + "\", qop=\"auth\", algorithm=" + name + ", nonce=\"" + nonce + "\", charset=UTF-8" + stale;
}

DigestAuthentication::Verdict DigestAuthentication::judge(const DigestCredential& credential, const Secret& ha1, std::string_view method,
                                                          std::string_view uri, Clock::time_point now) {
  const bool is_right = equal_in_constant_time(digest_response(credential, ha1, method), credential.response);
  const bool is_form = options_.is_lenient || (!credential.nc.empty() && credential.uri == uri);
  if (!is_right || !admits(credential.algorithm) || !is_form || credential.realm != options_.realm) return Verdict::wrong;
  const bool is_fresh = options_.is_lenient ? nonces_.is_current(credential.nonce, now) : nonces_.take(credential.nonce, credential.count, now);
  return is_fresh ? Verdict::good : Verdict::stale;
}

}  // namespace nscl::security
