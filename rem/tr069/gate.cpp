// SPDX-License-Identifier: Apache-2.0
#include "gate.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/net/tls.h>
#include <nscl/security/basic.h>

namespace nscl::rem::tr069 {
namespace {

using Authentication = AcsOptions::Authentication;
using ClientCertificates = AcsOptions::ClientCertificates;
using security::DigestAuthentication;
using Verdict = DigestAuthentication::Verdict;

DigestAuthentication::Options digest_options(const AcsOptions& options) {
  DigestAuthentication::Options out;
  out.realm = options.realm;
  out.allow_md5 = options.allow_md5;
  out.allow_sha_256 = options.offer_sha_256;
  out.is_lenient = true;
  return out;
}

/// The user may come from several addresses, and one address may be that of many users.
std::string both(std::string_view user, std::string_view peer) { return std::string(peer).append("\n").append(user); }

bool is_same(const Secret& shown, const Secret& known) { return equal_in_constant_time(sha256(shown.view()), sha256(known.view())); }

}  // namespace

Gate::Gate(CpeCredentials& credentials, const AcsOptions& options, Refused refused)
    : credentials_(credentials), options_(options), refused_(std::move(refused)), digest_(digest_options(options)) {}

bool Gate::admits_basic(const net::WebRequest& request) const {
  return options_.authentication != Authentication::off && (request.tls != nullptr || options_.basic_without_tls);
}

std::optional<Gate::Shown> Gate::shown_by(const net::WebRequest& request) const {
  if (security::is_digest(request.authorization)) {
    auto digest = security::parse_digest(request.authorization, digest_.form());
    if (!digest || options_.authentication != Authentication::digest) return std::nullopt;
    Shown shown;
    shown.user = digest->user;
    shown.digest = std::move(digest);
    return shown;
  }
  auto basic = security::parse_basic(request.authorization);
  if (!basic || !admits_basic(request)) return std::nullopt;
  Shown shown;
  shown.user = std::move(basic->user);
  shown.password = Secret(std::string_view(basic->password));
  wipe(basic->password);
  return shown;
}

/// An unknown user and a wrong password look alike, also by the work they make.
tl::expected<Gate::Pass, Gate::Refusal> Gate::judge(const net::WebRequest& request) {
  const auto certificates = options_.client_certificates;
  if (certificates != ClientCertificates::ignore && request.tls != nullptr && !request.tls->names.empty()) {
    Pass pass;
    pass.names = request.tls->names;
    pass.user = pass.names.front();
    return pass;
  }
  if (certificates == ClientCertificates::require) return tl::unexpected(Refusal::no_certificate);
  if (options_.authentication == Authentication::off) return Pass{};
  const auto shown = shown_by(request);
  if (!shown) return tl::unexpected(Refusal::missing);
  if (of_both_.is_over(both(shown->user, request.peer))) return tl::unexpected(Refusal::too_often);
  const auto login = credentials_.find(shown->user);
  const Secret known = login ? login->password.copy() : random_secret(16);
  auto verdict = Verdict::wrong;
  if (shown->digest) {
    const auto ha1 = security::digest_ha1(shown->digest->algorithm, shown->user, options_.realm, known.view());
    verdict = digest_.judge(*shown->digest, ha1, net::name_of(request.method), request.target);
  } else if (is_same(shown->password, known)) {
    verdict = Verdict::good;
  }
  if (!login || verdict == Verdict::wrong) return tl::unexpected(fail(shown->user, request.peer, login ? login->device : std::string()));
  if (verdict == Verdict::stale) return tl::unexpected(Refusal::stale);
  return Pass{shown->user, login->device, login->oui};
}

Gate::Refusal Gate::fail(std::string_view user, std::string_view peer, std::string_view device) {
  of_user_.note(user);
  of_peer_.note(peer);
  const auto count = of_both_.note(both(user, peer));
  if (count <= security::Failures::free_attempts) log::warning("acs.login_failed", {{"user", user}, {"peer", peer}});
  refused_({"acs.login_failed", user, peer, device});
  return of_user_.is_over(user) || of_peer_.is_over(peer) ? Refusal::wrong_late : Refusal::wrong;
}

/// "CN:..." or "DNS:...": the device's id, which no other device has, or its serial number where the operator says whose devices these are.
bool Gate::is_name_of(std::string_view name, const DeviceIdStruct& device) const {
  if (!name.starts_with("CN:") && !name.starts_with("DNS:")) return false;
  name.remove_prefix(name.find(':') + 1);
  if (name == printable(device)) return true;
  return name == device.serial_number && std::ranges::find(options_.certificate_ouis, device.oui) != options_.certificate_ouis.end();
}

bool Gate::is_of(const Pass& pass, const DeviceIdStruct& device, const std::string& id) {
  if (!pass.names.empty()) return std::ranges::any_of(pass.names, [&](const std::string& name) { return is_name_of(name, device); });
  if (options_.authentication == Authentication::off) return true;
  return pass.device.empty() ? (pass.oui.empty() || pass.oui == device.oui) && !credentials_.has_own(id) : pass.device == id;
}

bool Gate::admits(const Pass& pass, const DeviceIdStruct& device, std::string_view peer) {
  const auto id = printable(device);
  if (is_of(pass, device, id)) return true;
  of_user_.note(pass.user);
  of_peer_.note(peer);
  log::warning("acs.identity_mismatch", {{"user", pass.user}, {"device", id}, {"peer", peer}});
  const std::string& owner = pass.device.empty() && credentials_.has_own(id) ? id : pass.device;
  refused_({"acs.identity_mismatch", pass.user, peer, owner});
  return false;
}

std::vector<std::string> Gate::challenges(const net::WebRequest& request, bool is_stale) {
  const std::string basic = "Basic realm=\"" + options_.realm + "\"";
  if (options_.authentication == Authentication::basic) return {basic};
  auto all = digest_.challenges(is_stale);
  if (request.tls != nullptr) all.push_back(basic);
  return all;
}

}  // namespace nscl::rem::tr069
