// SPDX-License-Identifier: Apache-2.0
// Lexical check of an XML document: tags balance, names, references, limits.
#include <nscl/codec/xml_check.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <nscl/base/bytes.h>

#include "names.h"
#include "scalar.h"

namespace nscl::codec {

namespace {

constexpr auto npos = std::string_view::npos;

/// Names are ASCII: all of M2M's are, and one rule for names is easier to trust than the tables of XML 1.0.
constexpr std::array<bool, 256> name_characters() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 'a' + 'A')] = true;
  for (const char c : {'.', '-', '_', ':'}) table[static_cast<std::size_t>(c)] = true;
  return table;
}
constexpr auto name_character = name_characters();

bool may_start_name(std::string_view name) {
  if (name.empty()) return false;
  const char c = name.front();
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_xml_character(std::uint32_t c) {
  return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

class XmlCheck {
 public:
  XmlCheck(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {
    open_.reserve(16);
    attributes_.reserve(16);
    has_references_ = text.find('&') != npos;
    has_section_end_ = text.find("]]>") != npos;
  }

  Result<CheckedXml> run() {
    if (auto done = declaration(); !done) return tl::unexpected(done.error());
    while (pos_ < text_.size()) {
      if (auto done = text_[pos_] == '<' ? markup() : characters(); !done) return tl::unexpected(done.error());
    }
    if (!open_.empty()) return bad_request("element " + in_quotes(open_.back()) + " is not closed");
    if (root_.empty()) return bad_request("the document has no element");
    return CheckedXml{text_, root_};
  }

 private:
  Result<void> declaration();
  Result<void> markup();
  Result<void> start_tag();
  Result<void> end_tag();
  Result<void> attribute();
  Result<void> no_attribute_twice();
  Result<void> characters();
  Result<void> references(std::string_view segment);
  Result<std::string_view> name();
  Result<void> skip(std::string_view end, std::string_view what);
  void spaces() { while (pos_ < text_.size() && is_space(text_[pos_])) ++pos_; }
  bool at(std::string_view token) const { return text_.substr(pos_).starts_with(token); }

  std::string_view text_;
  const Limits& limits_;
  bool has_references_ = false;    ///< anywhere: most documents have none, and are not searched again
  bool has_section_end_ = false;
  std::size_t pos_ = 0;
  std::size_t elements_ = 0;
  std::size_t all_attributes_ = 0;
  std::string_view root_;
  std::vector<std::string_view> open_;
  std::vector<std::string_view> attributes_;   ///< names of the tag at hand
  std::string_view value_;                     ///< of the attribute at hand
};

Result<void> XmlCheck::declaration() {
  if (!at("<?xml") || text_.size() < 6 || !is_space(text_[5])) return {};
  pos_ = 5;
  static constexpr std::string_view known[] = {"version", "encoding", "standalone"};
  std::size_t next = 0;
  while (true) {
    spaces();
    if (at("?>")) break;
    if (auto done = attribute(); !done) return done;
    const auto which = std::find(std::begin(known) + next, std::end(known), attributes_.back());
    const auto index = static_cast<std::size_t>(which - std::begin(known));
    if (index == std::size(known) || (next == 0 && index != 0)) return bad_request("the XML declaration is malformed");
    next = index + 1;
    if (index == 0 && value_ != "1.0") return bad_request("only XML 1.0 is read here");
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    const auto is = [&](std::string_view b) { return std::equal(value_.begin(), value_.end(), b.begin(), b.end(), same); };
    if (index == 1 && !is("utf-8") && !is("utf8")) return failure(Status::unsupported_media_type, "only the encoding UTF-8 is read here");
    if (index == 2 && value_ != "yes" && value_ != "no") return bad_request("the XML declaration is malformed");
  }
  if (next == 0) return bad_request("the XML declaration lacks its version");
  attributes_.clear();
  pos_ += 2;
  return {};
}

Result<void> XmlCheck::markup() {
  const char next = pos_ + 1 < text_.size() ? text_[pos_ + 1] : '\0';
  if (next == '/') return end_tag();
  if (next != '!' && next != '?') return start_tag();
  if (at("<!--")) {
    pos_ += 4;
    if (auto done = skip("--", "a comment"); !done) return done;
    if (!at(">")) return bad_request("a comment must not contain '--'");
    ++pos_;
    return {};
  }
  if (at("<![CDATA[") && !open_.empty()) {
    pos_ += 9;
    return skip("]]>", "a CDATA section");
  }
  return bad_request(next == '!' ? "a document type declaration is not accepted; leave it out"
                                 : "processing instructions are not accepted; leave them out");
}

Result<void> XmlCheck::skip(std::string_view end, std::string_view what) {
  const auto found = text_.find(end, pos_);
  if (found == npos) return bad_request(std::string(what) + " is not closed");
  pos_ = found + end.size();
  return {};
}

Result<std::string_view> XmlCheck::name() {
  const char* const begin = text_.data() + pos_;
  const char* const limit = text_.data() + text_.size();
  const char* end = begin;
  while (end != limit && name_character[static_cast<unsigned char>(*end)]) ++end;
  const std::string_view found(begin, static_cast<std::size_t>(end - begin));
  if (found.size() > limits_.name_length) return bad_request("a name is longer than " + std::to_string(limits_.name_length) + " octets");
  const auto colon = found.find(':');
  const bool plain = colon == npos && may_start_name(found);
  const bool prefixed = colon != npos && may_start_name(found) && may_start_name(found.substr(colon + 1)) && found.find(':', colon + 1) == npos;
  if (!plain && !prefixed) return bad_request("not well-formed: a name is expected at octet " + std::to_string(pos_));
  pos_ += found.size();
  return found;
}

Result<void> XmlCheck::start_tag() {
  if (open_.empty() && !root_.empty()) return bad_request("there is a second document element; send one document");
  if (++elements_ > limits_.elements) return bad_request("the document has more than " + std::to_string(limits_.elements) + " elements");
  if (open_.size() >= limits_.depth) return bad_request("the document is nested deeper than " + std::to_string(limits_.depth) + " levels");
  ++pos_;
  const auto tag = name();
  if (!tag) return tl::unexpected(tag.error());
  if (root_.empty()) root_ = *tag;
  attributes_.clear();
  while (true) {
    const auto before = pos_;
    spaces();
    if (at("/>")) {
      pos_ += 2;
      break;
    }
    if (at(">")) {
      ++pos_;
      open_.push_back(*tag);
      break;
    }
    if (before == pos_) return bad_request("not well-formed: the tag of " + in_quotes(*tag) + " is broken");
    if (attributes_.size() >= limits_.attributes_per_element) return bad_request("element " + in_quotes(*tag) + " has too many attributes");
    if (++all_attributes_ > limits_.attributes) return bad_request("the document has more than " + std::to_string(limits_.attributes) + " attributes");
    if (auto done = attribute(); !done) return done;
  }
  return no_attribute_twice();
}

Result<void> XmlCheck::attribute() {
  const auto found = name();
  if (!found) return tl::unexpected(found.error());
  attributes_.push_back(*found);
  spaces();
  if (!at("=")) return bad_request("attribute " + in_quotes(*found) + " has no value");
  ++pos_;
  spaces();
  if (!at("\"") && !at("'")) return bad_request("the value of attribute " + in_quotes(*found) + " is not quoted");
  const auto end = text_.find(text_[pos_], pos_ + 1);
  if (end == npos) return bad_request("the value of attribute " + in_quotes(*found) + " is not closed");
  value_ = text_.substr(pos_ + 1, end - pos_ - 1);
  if (value_.find('<') != npos) return bad_request("the value of attribute " + in_quotes(*found) + " holds a '<'; write &lt;");
  pos_ = end + 1;
  return references(value_);
}

Result<void> XmlCheck::no_attribute_twice() {
  if (attributes_.size() < 2) return {};
  std::sort(attributes_.begin(), attributes_.end());
  const auto twice = std::adjacent_find(attributes_.begin(), attributes_.end());
  if (twice == attributes_.end()) return {};
  return bad_request("attribute " + in_quotes(*twice) + " is given twice");
}

Result<void> XmlCheck::end_tag() {
  pos_ += 2;
  if (open_.empty()) return bad_request("not well-formed: there is an end tag without a start tag");
  const auto tag = open_.back();
  const bool fits = at(tag);
  if (fits) pos_ += tag.size();
  spaces();
  if (!fits || !at(">")) return bad_request("not well-formed: the end tag of " + in_quotes(tag) + " is expected");
  ++pos_;
  open_.pop_back();
  return {};
}

Result<void> XmlCheck::characters() {
  const auto end = std::min(text_.find('<', pos_), text_.size());
  const auto segment = text_.substr(pos_, end - pos_);
  pos_ = end;
  if (open_.empty()) return is_blank(segment) ? Result<void>{} : bad_request("there is text outside the document element");
  if (has_section_end_ && segment.find("]]>") != npos) return bad_request("text must not contain ']]>'; write ]]&gt;");
  return references(segment);
}

Result<void> XmlCheck::references(std::string_view segment) {
  if (!has_references_) return {};
  for (auto start = segment.find('&'); start != npos; start = segment.find('&', start + 1)) {
    const auto end = segment.substr(start, 16).find(';');
    if (end == npos || !is_xml_reference(segment.substr(start + 1, end - 1))) {
      return bad_request("a reference is neither predefined nor a character of XML; write &amp; for '&'");
    }
  }
  return {};
}

bool is_other_unicode(std::string_view text) {
  for (const std::string_view start : {std::string_view("\xFE\xFF"), std::string_view("\xFF\xFE"), std::string_view("\0\0\xFE\xFF", 4),
                                       std::string_view("\0<", 2), std::string_view("<\0", 2)}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

bool is_xml_reference(std::string_view name) {
  for (const std::string_view known : {"lt", "gt", "amp", "quot", "apos"}) {
    if (name == known) return true;
  }
  if (!name.starts_with('#')) return false;
  const bool hex = name.starts_with("#x");
  const auto digits = name.substr(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  return !digits.empty() && error == std::errc{} && end == digits.data() + digits.size() && is_xml_character(code);
}

Result<CheckedXml> check_xml(std::string_view text, const Limits& limits) {
  if (is_other_unicode(text)) return failure(Status::unsupported_media_type, "only the encoding UTF-8 is read here");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.empty()) return bad_request("the body is empty; an XML document is expected");
  if (!is_xml_text(text)) return bad_request("the body is not UTF-8, or has characters that XML does not allow");
  return XmlCheck(text, limits).run();
}

}  // namespace nscl::codec
