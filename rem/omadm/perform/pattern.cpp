// SPDX-License-Identifier: Apache-2.0
#include "pattern.h"

#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t most_steps = 16;

}  // namespace

std::optional<Pattern> pattern_of(std::string_view text) {
  constexpr std::string_view urn = "{urn:", any_root = "{root}", root = "./";
  Pattern out;
  if (text.starts_with(urn)) {
    const auto end = text.find('}');
    if (end == text.npos) return std::nullopt;
    out.model = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else if (text.starts_with(any_root)) {
    text.remove_prefix(any_root.size());
  } else if (text.starts_with(root)) {
    text.remove_prefix(root.size());
  } else {
    return std::nullopt;
  }
  out.steps = steps_of(text);
  return out.steps.size() > most_steps ? std::nullopt : std::optional(std::move(out));
}

}  // namespace nscl::rem::omadm
