// SPDX-License-Identifier: Apache-2.0
#include "retry.h"

#include <algorithm>
#include <charconv>

namespace nscl::rem::simulator {
namespace {

constexpr std::chrono::seconds longest_wait{86'400}, first_pause{7}, longest_pause{3'840};
constexpr unsigned last_doubling = 10;

}  // namespace

std::chrono::milliseconds pause_after(unsigned failures, double scale) {
  std::chrono::duration<double> pause = first_pause;
  if (failures > 1) pause = std::chrono::duration<double>(longest_pause) / static_cast<double>(1u << (last_doubling - std::min(failures, last_doubling)));
  return std::chrono::duration_cast<std::chrono::milliseconds>(pause * scale);
}

std::optional<std::chrono::seconds> retry_after(const net::WebAnswer& answer, Time now) {
  const auto* const field = answer.find("Retry-After");
  if (!field) return std::nullopt;
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(field->data(), field->data() + field->size(), seconds);
  if (error == std::errc{} && end == field->data() + field->size()) return std::min(std::chrono::seconds(seconds), longest_wait);
  const auto date = parse_http_date(*field);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<std::chrono::seconds>(*date - now), std::chrono::seconds(0), longest_wait);
}

}  // namespace nscl::rem::simulator
