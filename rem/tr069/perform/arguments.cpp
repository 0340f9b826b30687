// SPDX-License-Identifier: Apache-2.0
// The arguments of a command, by name.
#include "arguments.h"

#include <algorithm>
#include <limits>

#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/values.h>

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t longest_password = 256;
constexpr std::size_t longest_name_told = 64;

std::size_t characters_in(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

}  // namespace

Arguments::Arguments(const std::vector<Argument>& list, std::vector<std::string>& complaints, std::string where)
    : list_(list), complaints_(complaints), where_(std::move(where)) {}

Arguments::~Arguments() {
  for (const auto& argument : list_) {
    if (std::ranges::find(read_, &argument) == read_.end()) complain("unknown or twice", argument.name);
  }
}

void Arguments::complain(std::string_view what, std::string_view name) {
  complaints_.push_back(where_ + to_xml_text(name.substr(0, longest_name_told)) + " is " + std::string(what));
}

const Argument* Arguments::find(std::string_view name, Need need) {
  const auto found = std::ranges::find(list_, name, &Argument::name);
  if (found == list_.end()) {
    if (need == Need::must) complain("missing", name);
    return nullptr;
  }
  read_.push_back(&*found);
  if (found->parts.empty()) return &*found;
  complain("no structure", name);
  return nullptr;
}

std::string Arguments::text(std::string_view name, std::size_t most, Need need) {
  const auto* found = find(name, need);
  if (!found) return {};
  if (characters_in(found->value) > most) complain("longer than " + std::to_string(most) + " characters", name);
  if (need == Need::must && found->value.empty()) complain("empty", name);
  return found->value;
}

Secret Arguments::secret(std::string_view name) {
  const auto* found = find(name, Need::may);
  if (!found) return {};
  if (characters_in(found->value) > longest_password) complain("longer than 256 characters", name);
  return Secret(std::string_view(found->value));
}

std::int64_t Arguments::number(std::string_view name, std::int64_t least, std::int64_t most, std::int64_t otherwise, Need need) {
  const auto* found = find(name, need);
  if (!found) return otherwise;
  const auto value = parse_integer(found->value);
  if (value && *value >= least && *value <= most) return *value;
  complain("no number from " + std::to_string(least) + " to " + std::to_string(most), name);
  return otherwise;
}

std::uint32_t Arguments::unsigned_int(std::string_view name, Need need) {
  return static_cast<std::uint32_t>(number(name, 0, std::numeric_limits<std::uint32_t>::max(), 0, need));
}

std::vector<const Argument*> Arguments::structures(std::vector<std::string_view> names) {
  std::vector<const Argument*> out;
  for (const auto& argument : list_) {
    if (std::ranges::find(names, argument.name) == names.end()) continue;
    read_.push_back(&argument);
    if (argument.parts.empty()) complain("empty", argument.name);
    else out.push_back(&argument);
  }
  return out;
}

}  // namespace nscl::rem::tr069
