// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/digest_client.h>

#include <algorithm>
#include <array>

#include <nscl/base/bytes.h>

#include "auth_params.h"
#include "digest_words.h"

namespace nscl::security {
namespace {

constexpr std::size_t cnonce_octets = 16;

/// Whether the list "auth, auth-int" has auth.
bool has_auth(std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto word = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    word.remove_prefix(std::min(word.find_first_not_of(" \t"), word.size()));
    word = word.substr(0, word.find_last_not_of(" \t") + 1);
    if (equals_ignoring_case(word, "auth")) return true;
  }
  return false;
}

std::string quoted_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string count_text(std::uint32_t count) {
  const auto octets = big_endian(count, 4);
  return hex_encode(octets);
}

}  // namespace

std::optional<DigestChallenge> parse_digest_challenge(std::string_view www_authenticate) {
  const auto params = AuthParams::parse(www_authenticate, "digest");
  if (!params || !params->find("realm") || params->text("nonce").empty()) return std::nullopt;
  const auto algorithm = parse_algorithm(params->find("algorithm"));
  const auto* const qop = params->find("qop");
  if (!algorithm || (qop && !has_auth(qop->value))) return std::nullopt;
  DigestChallenge out;
  out.algorithm = *algorithm;
  out.names_algorithm = params->find("algorithm") != nullptr;
  out.realm = params->text("realm");
  out.nonce = params->text("nonce");
  out.opaque = params->text("opaque");
  out.has_opaque = params->find("opaque") != nullptr;
  out.wants_auth = qop != nullptr;
  out.is_stale = equals_ignoring_case(params->text("stale"), "true");
  return out;
}

std::optional<DigestChallenge> choose_challenge(std::span<const std::string> www_authenticate) {
  std::optional<DigestChallenge> best;
  for (const auto& field : www_authenticate) {
    auto challenge = parse_digest_challenge(field);
    const bool is_better = challenge && (!best || (best->algorithm == DigestAlgorithm::md5 && challenge->algorithm == DigestAlgorithm::sha_256));
    if (is_better) best = std::move(challenge);
  }
  return best;
}

std::string digest_answer(const DigestChallenge& challenge, std::string_view user, const Secret& password, const DigestRequest& request) {
  DigestCredential credential;
  credential.algorithm = challenge.algorithm;
  credential.nonce = challenge.nonce;
  credential.uri = request.uri;
  if (challenge.wants_auth) {
    credential.nc = count_text(request.count);
    credential.cnonce = request.cnonce.empty() ? hex_encode(random_octets(cnonce_octets)) : std::string(request.cnonce);
  }
  const auto ha1 = digest_ha1(challenge.algorithm, user, challenge.realm, password.view());
  const auto response = digest_response(credential, ha1, request.method);
  std::string out = "Digest username=" + quoted_string(user) + ", realm=" + quoted_string(challenge.realm) + ", nonce=" + quoted_string(challenge.nonce) +
                    ", uri=" + quoted_string(request.uri) + ", response=\"" + response + '"';
  if (challenge.names_algorithm) out += challenge.algorithm == DigestAlgorithm::sha_256 ? ", algorithm=SHA-256" : ", algorithm=MD5";
  if (challenge.has_opaque) out += ", opaque=" + quoted_string(challenge.opaque);
  if (challenge.wants_auth) out += ", qop=auth, nc=" + credential.nc + ", cnonce=" + quoted_string(credential.cnonce);
  return out;
}

}  // namespace nscl::security
