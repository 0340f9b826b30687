// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/integrity.h>

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/security/audit.h>
#include <nscl/security/key_derivation.h>

namespace nscl::security {
namespace {

using store::IntegrityVerdict;

constexpr std::chrono::seconds tolerance{300};
constexpr std::array<std::string_view, 8> components{"boot loader", "operating system", "SCL software", "application",
                                                     "configuration", "secure element", "open debug port", "tamper switch"};
constexpr std::array<std::string_view, 7> verdicts{"passed", "failed", "missing", "unexpected", "forged", "stale", "replayed"};

bool is_exempt(const IntegrityRule& rule, std::string_view scl) {
  const std::string id(scl);
  return std::ranges::any_of(rule.exempt, [&](const std::string& pattern) { return ::fnmatch(pattern.c_str(), id.c_str(), FNM_NOESCAPE) == 0; });
}

/// The root keys of the nodes whose keys prove this SCL: after a renewal the device may sign under either.
std::vector<store::Key> root_keys(store::View& view, std::string_view scl, Time now) {
  std::set<std::string> nodes;
  for (const auto& key : view.keys_of_entity(join("scls", scl))) {
    if (!key.node.empty()) nodes.insert(key.node);
  }
  std::vector<store::Key> roots;
  for (const auto& node : nodes) {
    for (auto& key : view.keys_of_node(node)) {
      const bool is_good = key.state != store::KeyState::revoked && key.not_after > now;
      if (key.kind == store::KeyKind::root && is_good) roots.push_back(std::move(key));
    }
  }
  return roots;
}

Error refusal_of(IntegrityVerdict verdict, std::int64_t results) {
  switch (verdict) {
    case IntegrityVerdict::missing: return {Status::bad_request, "integrityValResults is missing: this SCL has to tell them when it registers"};
    case IntegrityVerdict::unexpected:
      return {Status::bad_request, "integrityValResults is not expected: no root key of this SCL is known that could have signed it"};
    case IntegrityVerdict::forged: return {Status::bad_request, "signedIvalResult does not fit ivalResults, secureTimeStamp and sclId under the integrity key"};
    case IntegrityVerdict::stale: return {Status::bad_request, "secureTimeStamp is more than 300 seconds away from the time here"};
    case IntegrityVerdict::replayed:
      return {Status::bad_request, "secureTimeStamp is not later than that of the last result; an update that tells none leaves integrityValResults out"};
    default: break;
  }
  return {Status::forbidden, "the device says that its integrity is lost: " + failed_components(results)};
}

}  // namespace

std::int64_t sign_integrity(const Secret& key, std::int64_t results, std::string_view time_stamp, std::string_view scl) {
  const std::string digest = keyed_digest(key.view(), length_prefixed({big_endian(static_cast<std::uint64_t>(results), 8), time_stamp, scl}));
  std::uint64_t first = 0;
  std::from_chars(digest.data(), digest.data() + 16, first, 16);
  return static_cast<std::int64_t>(first);
}

std::string failed_components(std::int64_t results) {
  const auto bits = static_cast<std::uint64_t>(results);
  if (bits >> components.size() != 0) return "ivalResults is " + std::to_string(results);
  std::string names;
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (bits >> i & 1) names.append(names.empty() ? "" : ", ").append(components[i]);
  }
  return names;
}

std::string_view name_of(IntegrityVerdict verdict) {
  const auto number = static_cast<std::size_t>(verdict);
  return number < verdicts.size() ? verdicts[number] : "unknown";
}

/// `record` learns which node signed the result.
IntegrityVerdict Integrity::verdict_on(store::View& view, store::IntegrityRecord& record, const IntegrityResult* result,
                                       const std::vector<store::Key>& roots) const {
  if (!result) return IntegrityVerdict::missing;
  if (roots.empty()) return IntegrityVerdict::unexpected;
  const auto signer = std::ranges::find_if(roots, [&](const store::Key& root) {
    const auto octets = keystore_.open(view, root);
    const auto node = hex_decode(root.node);
    if (!octets || !node) return false;
    const auto key = nscl_1().integrity_key(*octets, *node);
    return sign_integrity(key, result->results, result->time_stamp, record.scl) == result->signature;
  });
  if (signer == roots.end()) return IntegrityVerdict::forged;
  record.node = signer->node;
  const auto told = parse_date_time(result->time_stamp);
  if (!told || *told < record.received - tolerance || *told > record.received + tolerance) return IntegrityVerdict::stale;
  if (const auto last = view.last_secure_time(signer->node); last && *told <= *last) return IntegrityVerdict::replayed;
  return result->results == 0 ? IntegrityVerdict::passed : IntegrityVerdict::failed;
}

std::optional<Error> Integrity::judge(store::Transaction& transaction, const IntegrityRule& rule, std::string_view scl, const IntegrityResult* result,
                                      Occasion occasion, Time now) {
  if (rule.mode == IntegrityMode::off || is_exempt(rule, scl)) return std::nullopt;
  const auto roots = root_keys(transaction, scl, now);
  if (!result && roots.empty()) return std::nullopt;   // it cannot validate itself, and does not say that it did
  store::IntegrityRecord record{.scl = std::string(scl), .received = now};
  if (result) record.results = result->results, record.time_stamp = result->time_stamp;
  record.verdict = verdict_on(transaction, record, result, roots);
  transaction.add_integrity_record(record, rule.history);
  if (record.verdict == IntegrityVerdict::passed) return std::nullopt;
  auto refusal = refusal_of(record.verdict, record.results);
  const bool has_failed = record.verdict == IntegrityVerdict::failed;
  append_event(transaction, has_failed ? "integrity.failed" : "integrity.unproven", join("scls", scl), refusal.detail, now);
  const bool is_enforced = rule.mode == IntegrityMode::enforce;
  log::warning("integrity of a device is not proven",
               {{"scl", record.scl}, {"verdict", name_of(record.verdict)}, {"why", refusal.detail}, {"consequence", is_enforced ? "refused" : "none"}});
  if (!is_enforced) return std::nullopt;
  if (has_failed && occasion == Occasion::update) {
    const auto reason = "integrity validation failed: " + failed_components(record.results);
    if (auto done = security::quarantine(transaction, scl, reason, now); !done) return done.error();
    quarantine_.expect(scl);
    refusal.detail += "; the SCL is in quarantine until an operator lifts it";
  }
  return refusal;
}

}  // namespace nscl::security
