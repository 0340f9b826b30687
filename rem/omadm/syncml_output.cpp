// SPDX-License-Identifier: Apache-2.0
#include "syncml_output.h"

#include <vector>

#include <nscl/codec/xml_text.h>

#include "wbxml_language.h"
#include "wbxml_tokens.h"

namespace nscl::rem::omadm {
namespace {

/// One line. Elements of Meta have a name space of their own, and each says so.
class XmlOutput final : public SyncmlOutput {
 public:
  explicit XmlOutput(bool is_old) : root_space_(is_old ? R"( xmlns="SYNCML:SYNCML1.1")" : R"( xmlns="SYNCML:SYNCML1.2")") {}

  void open(Vocabulary of, std::string_view name) override {
    const auto space = opened_.empty() ? root_space_ : of == Vocabulary::meta ? std::string_view(R"( xmlns="syncml:metinf")") : std::string_view();
    out_.append("<").append(name).append(space).append(">");
    opened_.push_back(name);
  }
  void text(std::string_view text) override { codec::append_xml_text(out_, text); }
  void value(std::string_view text) override { this->text(text); }
  void octets(const Item& item) override { text(*item.data); }
  void close() override {
    out_.append("</").append(opened_.back()).append(">");
    opened_.pop_back();
  }
  void flag(std::string_view name) override { out_.append("<").append(name).append("/>"); }
  Result<std::string> result() override { return std::move(out_); }

 private:
  const std::string_view root_space_;
  std::string out_ = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  std::vector<std::string_view> opened_;
};

class WbxmlOutput final : public SyncmlOutput {
 public:
  explicit WbxmlOutput(const WbxmlLanguage& language) : language_(language), out_(language.header()) {}

  void open(Vocabulary of, std::string_view name) override {
    const auto page = static_cast<std::uint8_t>(of);
    const auto token = language_.token(page, name);
    if (token == 0) unknown_ = name;
    out_.open(page, token);
  }
  void text(std::string_view text) override {
    if (!text.empty()) out_.string(text);
  }
  void value(std::string_view text) override {
    if (!text.empty()) out_.opaque(text);
  }
  void octets(const Item& item) override { value(octets_of(item)); }
  void close() override { out_.close(); }
  void flag(std::string_view name) override {
    open(Vocabulary::syncml, name);
    close();
  }
  Result<std::string> result() override {
    if (!unknown_.empty()) return failure(Status::internal_server_error, unknown_ + " has no form in WBXML");
    return std::move(out_).written();
  }

 private:
  const WbxmlLanguage& language_;
  WbxmlWriter out_;
  std::string unknown_;   // an element that the language does not have
};

}  // namespace

std::unique_ptr<SyncmlOutput> xml_output(bool is_old) { return std::make_unique<XmlOutput>(is_old); }

std::unique_ptr<SyncmlOutput> wbxml_output(bool is_old) {
  return std::make_unique<WbxmlOutput>(is_old ? WbxmlLanguage::syncml_1_1() : WbxmlLanguage::syncml_1_2());
}

}  // namespace nscl::rem::omadm
