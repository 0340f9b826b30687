// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the first octet chooses the method, the others are the answer of a peer. However the octets are cut, the
// outcome is the same, and nothing kept is beyond the limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "response_reader.h"

namespace {

using namespace nscl::net;

constexpr std::size_t head_limit = 4096, body_limit = 2048;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  std::string text;       ///< of everything that a caller sees
  std::size_t used = 0;
};

std::string describe(ResponseReader& reader) {
  if (const auto& failure = reader.failure()) {
    require(!failure->detail.empty() && !reader.is_done());
    return "failure " + std::to_string(static_cast<int>(failure->kind));
  }
  const auto& answer = reader.answer();
  require(reader.is_done() && answer.status >= 200 && answer.status < 600);
  std::string text = std::to_string(answer.status) + answer.content_type + "\n" + answer.body + (reader.may_keep_connection() ? "\nkept" : "");
  for (const auto& [name, value] : answer.fields) {
    require(name.find_first_of("\r\n: ") == name.npos && value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos);
    require(answer.find(name) != nullptr);
    text += "\n" + name + ":" + value;
  }
  return text;
}

Outcome read_in_steps(Method method, std::string_view octets, std::size_t step) {
  ResponseReader reader{method, head_limit, body_limit};
  Outcome outcome;
  std::string pending;
  for (std::size_t at = 0; at < octets.size() && !reader.is_done() && !reader.failure(); at += step) {
    pending += octets.substr(at, step);
    const auto used = reader.take(pending);
    require(used <= pending.size());
    pending.erase(0, used);
    outcome.used += used;
    require(reader.answer().body.size() <= body_limit && pending.size() <= head_limit + step);
  }
  if (!reader.is_done() && !reader.failure()) reader.end_of_stream();
  outcome.text = describe(reader);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto method = data[0] == 'H' ? Method::head : Method::get;
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read_in_steps(method, octets, std::max<std::size_t>(octets.size(), 1));
  for (const std::size_t step : {1u, 7u}) {
    const auto cut = read_in_steps(method, octets, step);
    require(cut.text == whole.text && (whole.text.starts_with("failure") || cut.used == whole.used));
  }
  return 0;
}
