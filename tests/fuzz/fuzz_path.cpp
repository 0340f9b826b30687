// SPDX-License-Identifier: Apache-2.0
// Texts of peers that become paths, ids, entities, times and credentials. Beyond "does not crash": what is decoded is
// text, encoding is undone by decoding, and an entity is settled and never local by a trick.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/base/time.h>
#include <nscl/security/basic.h>
#include <nscl/security/own_names.h>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_escapes(std::string_view text) {
  if (const auto decoded = nscl::percent_decode(text)) {
    require(nscl::is_xml_text(*decoded));
    require(nscl::percent_decode(nscl::percent_encode(*decoded)) == decoded);
  }
  if (const auto decoded = nscl::query_decode(text)) require(nscl::is_xml_text(*decoded));
  if (nscl::is_valid_id(text)) require(nscl::is_xml_text(text) && text.find_first_of("/%\\ ") == text.npos);
}

void check_entity(std::string_view text) {
  const nscl::security::OwnNames own{.base_uri = "http://nscl.example:8080", .aliases = {"[::1]:8080"}};
  const auto entity = nscl::security::canonical_entity(text, "h:8080", own);
  const bool is_foreign = entity.starts_with('/') || entity.find("://") != entity.npos;
  require(nscl::security::canonical_entity(is_foreign ? entity : "/m2m/" + entity, "h:8080", own) == entity);
  if (is_foreign) return;
  for (std::string_view at = entity; !at.empty(); at = nscl::parent_path(at)) require(nscl::is_valid_id(nscl::last_segment(at)));
}

void check_times(std::string_view text) {
  if (const auto time = nscl::parse_date_time(text)) require(nscl::parse_date_time(nscl::format_date_time(*time)) == time);
  if (const auto time = nscl::parse_http_date(text)) require(nscl::parse_http_date(nscl::format_http_date(*time)) == time);
  if (const auto duration = nscl::parse_duration(text)) nscl::subtract(nscl::Time{}, *duration);
}

void check_credential(std::string_view text) {
  if (const auto octets = nscl::base64_decode(text)) require(nscl::base64_decode(nscl::base64_encode(*octets)) == octets);
  nscl::security::parse_basic(text);
  const auto credential = nscl::security::parse_basic("Basic " + nscl::base64_encode(text));
  if (credential) require(nscl::is_xml_text(credential->user) && nscl::is_xml_text(credential->password));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_escapes(text);
  check_entity(text);
  check_times(text);
  check_credential(text);
  return 0;
}
