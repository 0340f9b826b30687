// SPDX-License-Identifier: Apache-2.0
#include "delivery_fields.h"

#include <algorithm>
#include <charconv>

namespace nscl::http {
namespace {

constexpr std::size_t longest_correlation = 256;
constexpr std::size_t longest_contact = 2048;

bool equal(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
    return lower(x) == lower(y);
  });
}

std::string_view parameter(const Query& query, std::string_view name) {
  const auto found = std::find_if(query.begin(), query.end(), [&](const auto& entry) { return entry.first == name; });
  return found == query.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view value_of(const net::WebRequest& request, const Query& query, std::string_view field, std::string_view name) {
  const auto value = extension_field(request, field);
  return value.empty() ? parameter(query, name) : value;
}

std::optional<unsigned> parse_rcat(std::string_view text) {
  if (text.starts_with("RCAT_")) text.remove_prefix(5);
  return text.size() == 1 && text[0] >= '0' && text[0] <= '7' ? std::optional(unsigned(text[0] - '0')) : std::nullopt;
}

/// A time of day: the next one.
std::optional<Time> parse_time_of_day(std::string_view text, Time now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto date = format_date_time(today);
  auto time = parse_date_time(date.substr(0, date.find('T') + 1).append(text));
  if (time && *time < now) *time += std::chrono::days{1};
  return time;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
}

}  // namespace

std::string_view extension_field(const net::WebRequest& request, std::string_view name) {
  for (const auto& [field, value] : request.extension_fields) {
    if (equal(field, name)) return value;
  }
  return {};
}

std::optional<Time> parse_trpdt(std::string_view text, Time now) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size()) {
    if (seconds < 0) return never;
    constexpr std::int64_t century = 3'155'760'000;
    return now + std::chrono::seconds{std::min(seconds, century)};
  }
  if (const auto duration = parse_duration(text)) return duration->negative ? never : add(now, *duration);
  if (const auto time = parse_date_time(text)) return time;
  return text.find('T') == text.npos ? parse_time_of_day(text, now) : std::nullopt;
}

Result<core::Delivery> parse_delivery(const net::WebRequest& request, const Query& query, Time now) {
  core::Delivery delivery;
  if (const auto text = value_of(request, query, "X-etsi-rcat", "RCAT"); !text.empty()) {
    delivery.rcat = parse_rcat(text);
    if (!delivery.rcat) return bad_request("RCAT is one of RCAT_0 to RCAT_7");
  }
  if (const auto text = value_of(request, query, "X-etsi-trpdt", "TRPDT"); !text.empty()) {
    delivery.deadline = parse_trpdt(text, now);
    if (!delivery.deadline) return bad_request("TRPDT is an xs:duration, an xs:dateTime, an xs:time or a number of seconds");
  }
  delivery.correlation_id = value_of(request, query, "X-etsi-correlationID", "correlationID");
  delivery.contact_uri = value_of(request, query, "X-etsi-contactURI", "contactURI");
  delivery.group_request = extension_field(request, "X-etsi-groupRequestIdentifier");
  const bool fits = delivery.correlation_id.size() <= longest_correlation && delivery.group_request.size() <= longest_correlation &&
                    delivery.contact_uri.size() <= longest_contact;
  if (!fits || !is_printable(delivery.correlation_id) || !is_printable(delivery.group_request)) return bad_request("correlationID is too long, or no visible text");
  if (!is_printable(delivery.contact_uri)) return bad_request("contactURI is no URI");
  if (!delivery.contact_uri.empty() && delivery.correlation_id.empty()) return bad_request("contactURI needs a correlationID beside it");
  return delivery;
}

}  // namespace nscl::http
