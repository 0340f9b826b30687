// SPDX-License-Identifier: Apache-2.0
// WBXML 1.1 to 1.3 is read, and 1.2 is written, as far as SyncML uses it.
#include "wbxml_tokens.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace nscl::rem::omadm {
namespace {

constexpr std::uint8_t switch_page = 0x00, entity = 0x02, str_i = 0x03, str_t = 0x83, opaque_token = 0xC3;
constexpr std::uint8_t has_attributes = 0x80;
constexpr std::uint32_t utf_8 = 106, us_ascii = 3, charset_unknown = 0;

void put_number(std::string& out, std::uint32_t number) {
  for (int shift = 28; shift > 0; shift -= 7) {
    if (number >> shift != 0) out += static_cast<char>(0x80 | (number >> shift & 0x7F));
  }
  out += static_cast<char>(number & 0x7F);
}

/// nullopt: no character.
std::optional<std::string> character(std::uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  const auto octet = [&](std::uint32_t lead, int shift) { return static_cast<char>(lead | (code >> shift & (lead == 0x80 ? 0x3F : 0xFF))); };
  if (code < 0x80) return std::string{octet(0, 0)};
  if (code < 0x800) return std::string{octet(0xC0, 6), octet(0x80, 0)};
  if (code < 0x10000) return std::string{octet(0xE0, 12), octet(0x80, 6), octet(0x80, 0)};
  return std::string{octet(0xF0, 18), octet(0x80, 12), octet(0x80, 6), octet(0x80, 0)};
}

/// Goes on until something is wrong: then there is nothing left to read, and what is read is zero or empty.
class TokenWalk {
 public:
  TokenWalk(std::string_view wbxml, const WbxmlBounds& bounds, WbxmlHandler& handler) : in_(wbxml), bounds_(bounds), handler_(handler) {}

  Result<void> run() {
    header();
    while (!error_ && (!has_root_ || !children_.empty())) token();
    if (!error_ && in_.find_first_not_of('\0', at_) != std::string_view::npos) fail("the WBXML document goes on behind its end");
    if (error_) return tl::unexpected(std::move(*error_));
    return {};
  }

 private:
  void header();
  void token();
  void tag(std::uint8_t token);
  void end();
  void text(std::string_view octets, bool is_opaque);
  void tell_text();
  void put_character(std::uint32_t code);
  void count();

  void fail(Error error) {
    if (!error_) error_ = std::move(error);
    at_ = in_.size();
  }
  void fail(std::string what) { fail(Error{Status::bad_request, std::move(what)}); }
  void take(Result<void> told) {
    if (!told) fail(std::move(told.error()));
  }
  std::uint8_t octet();
  std::uint32_t number();
  std::string_view octets(std::size_t count);
  std::string_view string_in(std::string_view text);
  std::string_view string_at(std::size_t index);

  std::string_view in_;
  const WbxmlBounds& bounds_;
  WbxmlHandler& handler_;
  std::string_view table_;
  std::size_t at_ = 0, tokens_ = 0, text_octets_ = 0;
  std::uint8_t page_ = 0;
  std::vector<std::size_t> children_;   // of each open element
  std::string text_;                    // that goes on
  bool is_opaque_ = false;
  bool has_root_ = false;
  std::optional<Error> error_;
};

std::string_view TokenWalk::octets(std::size_t count) {
  if (count > in_.size() - at_) {
    fail("the WBXML document is cut off");
    return {};
  }
  at_ += count;
  return in_.substr(at_ - count, count);
}

std::uint8_t TokenWalk::octet() {
  const auto one = octets(1);
  return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
}

std::uint32_t TokenWalk::number() {
  std::uint64_t value = 0;
  std::uint8_t next = 0x80;
  while ((next & 0x80) != 0 && value <= UINT32_MAX) {
    next = octet();
    value = value << 7 | (next & 0x7F);
  }
  if (value <= UINT32_MAX) return static_cast<std::uint32_t>(value);
  fail("a number in the WBXML document has more than 32 bits");
  return 0;
}

/// Up to the zero octet, which has to be there.
std::string_view TokenWalk::string_in(std::string_view text) {
  const auto size = text.find('\0');
  if (size == std::string_view::npos) fail("the WBXML document is cut off");
  return text.substr(0, size);
}

/// Of the table; its last string may lack the zero octet.
std::string_view TokenWalk::string_at(std::size_t index) {
  if (index < table_.size()) return table_.substr(index, table_.find('\0', index) - index);
  fail("the WBXML document refers to a string that its table does not have");
  return {};
}

/// The name of the language may stand in the table.
void TokenWalk::header() {
  const auto version = octet();
  const auto language = number();
  const auto name_at = language == 0 ? number() : 0;
  const auto charset = number();
  table_ = octets(number());
  const auto name = language == 0 ? string_at(name_at) : std::string_view();
  if (version < 1 || version > 3) fail("only WBXML 1.1 to 1.3 is read here");
  if (charset != utf_8 && charset != us_ascii && charset != charset_unknown) fail("only the charset UTF-8 is read here");
  if (!error_) take(handler_.begin(language, name));
}

void TokenWalk::count() {
  if (++tokens_ > bounds_.tokens) fail("the WBXML document has more than " + std::to_string(bounds_.tokens) + " elements and texts");
  if (!children_.empty() && ++children_.back() > bounds_.children) fail("an element of the WBXML document has more than " + std::to_string(bounds_.children) + " children");
}

void TokenWalk::text(std::string_view octets, bool is_opaque) {
  if (octets.empty()) return;
  if (children_.empty()) return fail("the WBXML document has text outside its root");
  count();
  text_octets_ += octets.size();
  if (text_octets_ > bounds_.text_octets) return fail("the texts of the WBXML document are longer than " + std::to_string(bounds_.text_octets) + " octets");
  text_ += octets;
  is_opaque_ = is_opaque;
}

void TokenWalk::tell_text() {
  if (text_.empty() || error_) return;
  take(handler_.text(text_, is_opaque_));
  text_.clear();
}

void TokenWalk::put_character(std::uint32_t code) {
  const auto given = character(code);
  if (!given) return fail("the WBXML document has an entity that is no character");
  text(*given, false);
}

void TokenWalk::tag(std::uint8_t token) {
  if ((token & has_attributes) != 0) return fail("the WBXML document has attributes or extensions, which SyncML does not use");
  if ((token & 0x3F) < first_tag) return fail("the WBXML document has extensions or literal names, which SyncML does not use");
  count();
  tell_text();
  has_root_ = true;
  if (error_) return;
  take(handler_.open(page_, token & 0x3F));
  if (error_) return;
  if ((token & has_content) == 0) return handler_.close();
  children_.push_back(0);
  if (children_.size() > bounds_.depth) fail("the WBXML document is nested deeper than " + std::to_string(bounds_.depth) + " levels");
}

void TokenWalk::end() {
  if (children_.empty()) return fail("the WBXML document has no element");
  tell_text();
  children_.pop_back();
  if (!error_) handler_.close();
}

void TokenWalk::token() {
  const auto token = octet();
  if (error_) return;
  switch (token) {
    case switch_page: page_ = octet(); return;
    case end_token: return end();
    case entity: return put_character(number());
    case str_t: return text(string_at(number()), false);
    case opaque_token: return text(octets(number()), true);
    case str_i: {
      const auto given = string_in(in_.substr(at_));
      if (!error_) at_ += given.size() + 1;
      return text(given, false);
    }
    default: return tag(token);
  }
}

}  // namespace

Result<void> walk_wbxml(std::string_view wbxml, const WbxmlBounds& bounds, WbxmlHandler& handler) { return TokenWalk(wbxml, bounds, handler).run(); }

std::string wbxml_header(std::uint32_t number, std::string_view name) {
  std::string out(1, '\x02');
  put_number(out, number);
  if (number == 0) put_number(out, 0);
  put_number(out, utf_8);
  if (number != 0) return out.append(1, '\0');
  put_number(out, static_cast<std::uint32_t>(name.size() + 1));
  return out.append(name).append(1, '\0');
}

// ---- WbxmlWriter

void WbxmlWriter::open(std::uint8_t page, std::uint8_t token) {
  if (page != page_) out_.append(1, static_cast<char>(switch_page)).append(1, static_cast<char>(page));
  page_ = page;
  opened_ = out_.size();
  out_ += static_cast<char>(has_content | token);
}

void WbxmlWriter::string(std::string_view text) {
  opened_ = 0;
  out_ += static_cast<char>(str_i);
  out_.append(text).push_back('\0');
}

void WbxmlWriter::opaque(std::string_view octets) {
  opened_ = 0;
  out_ += static_cast<char>(opaque_token);
  put_number(out_, static_cast<std::uint32_t>(octets.size()));
  out_ += octets;
}

void WbxmlWriter::close() {
  if (opened_ != 0) out_[opened_] = static_cast<char>(out_[opened_] & ~has_content);
  else out_ += static_cast<char>(end_token);
  opened_ = 0;
}

}  // namespace nscl::rem::omadm
