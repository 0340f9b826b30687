// SPDX-License-Identifier: Apache-2.0
#include "auth_params.h"

#include <algorithm>

namespace nscl::security {
namespace {

char to_lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

bool is_token_char(char c) {
  const bool is_word = (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
  return is_word || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Takes its pieces from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool is_at_end() const { return text_.empty(); }
  void skip_blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string_view take_token() {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text_, is_token_char) - text_.begin());
    const auto token = text_.substr(0, end);
    text_.remove_prefix(end);
    return token;
  }
  /// Behind the quote that opens it; nullopt if it does not end or holds what it must not.
  std::optional<std::string> take_quoted() {
    std::string value;
    while (!text_.empty() && !is_control(text_.front())) {
      if (take('"')) return value;
      take('\\');
      if (text_.empty() || is_control(text_.front())) break;
      value += text_.front();
      text_.remove_prefix(1);
    }
    return std::nullopt;
  }

 private:
  std::string_view text_;
};

std::optional<AuthParams::Param> take_param(Scanner& scanner) {
  AuthParams::Param param;
  param.name = scanner.take_token();
  std::ranges::transform(param.name, param.name.begin(), to_lower);
  scanner.skip_blanks();
  if (param.name.empty() || !scanner.take('=')) return std::nullopt;
  scanner.skip_blanks();
  param.is_quoted = scanner.take('"');
  if (param.is_quoted) {
    auto value = scanner.take_quoted();
    if (!value) return std::nullopt;
    param.value = *std::move(value);
  } else {
    param.value = scanner.take_token();
    if (param.value.empty()) return std::nullopt;
  }
  scanner.skip_blanks();
  return param;
}

}  // namespace

std::optional<std::string_view> behind_scheme(std::string_view field, std::string_view scheme) {
  const auto equals = [](char a, char b) { return to_lower(a) == b; };
  const bool is_it = field.size() > scheme.size() && field[scheme.size()] == ' ' && std::ranges::equal(field.substr(0, scheme.size()), scheme, equals);
  if (!is_it) return std::nullopt;
  field.remove_prefix(std::min(field.find_first_not_of(' ', scheme.size()), field.size()));
  return field;
}

std::optional<AuthParams> AuthParams::parse(std::string_view field, std::string_view scheme) {
  const auto text = behind_scheme(field, scheme);
  if (!text || field.size() > longest_field) return std::nullopt;
  AuthParams params;
  Scanner scanner(*text);
  do {
    scanner.skip_blanks();
    auto param = take_param(scanner);
    if (!param || params.all_.size() == most || params.find(param->name)) return std::nullopt;
    params.all_.push_back(*std::move(param));
  } while (scanner.take(','));
  if (!scanner.is_at_end()) return std::nullopt;
  return params;
}

const AuthParams::Param* AuthParams::find(std::string_view name) const {
  const auto found = std::ranges::find(all_, name, &Param::name);
  return found == all_.end() ? nullptr : &*found;
}

std::string_view AuthParams::text(std::string_view name) const {
  const auto* const found = find(name);
  return found ? std::string_view(found->value) : std::string_view{};
}

}  // namespace nscl::security
