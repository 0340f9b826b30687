// SPDX-License-Identifier: Apache-2.0
// Writes what fields() lists: every element, in the order of the list.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/rem/tr069/parameters.h>
#include <nscl/rem/tr069/software.h>

#include "redaction.h"

namespace nscl::rem::tr069 {

class Writer {
 public:
  /// With `redaction` what is written is for the eyes of people, without secrets, and ends soon after so many octets as it allows.
  explicit Writer(std::string& out, Redaction* redaction = nullptr) : out_(out), redaction_(redaction) {}

  void text(std::string_view name, std::string_view value);
  void secret(std::string_view name, const Secret& value);
  void word(std::string_view name, std::string_view value) { text(name, value); }
  void identity(std::string_view name, std::string_view value) { text(name, value); }
  void flag(std::string_view name, bool value) { text(name, value ? "1" : "0"); }
  void time(std::string_view name, const std::optional<Time>& value);   ///< year 1 for "unknown"
  void outcome(std::string_view name, std::uint32_t value) { number(name, value); }
  void fault_code(std::string_view name, std::uint32_t value) { number(name, value); }
  void value(const ParameterValueStruct& parameter);
  void strings(std::string_view name, const std::vector<std::string>& values, std::size_t);
  void operations(std::string_view name, const std::vector<Operation>& values, std::size_t);

  template <std::integral Number>
  void number(std::string_view name, Number value) { text(name, std::to_string(value)); }

  /// `<name attributes>`, what fields() lists of `value`, `</name>`; an empty element if that is nothing.
  template <class Struct>
  void one(std::string_view name, const Struct& value, std::string_view attributes = {}) {
    open(name, attributes);
    const auto before = out_.size();
    fields(*this, value);
    close(name, before);
  }

  template <class Struct>
  void list(std::string_view name, std::string_view item, const std::vector<Struct>& values, std::size_t) {
    const auto before = open_array(name, "cwmp:", item, values.size());
    for (const auto& value : values) {
      if (is_full()) break;
      one(item, value);
    }
    close(name, before);
  }

  template <class Struct>
  void repeated(std::string_view name, std::string_view, const std::vector<Struct>& values, std::size_t) {
    for (const auto& value : values) {
      if (is_full()) break;
      one(name, value);
    }
  }

 private:
  void open(std::string_view name, std::string_view attributes);
  std::size_t open_array(std::string_view name, std::string_view prefix, std::string_view item, std::size_t count);
  void close(std::string_view name, std::size_t before);

  void element(std::string_view name, std::string_view attributes, std::string_view value);
  bool is_full() const { return redaction_ != nullptr && out_.size() >= redaction_->most(); }

  std::string& out_;
  Redaction* const redaction_;
};

}  // namespace nscl::rem::tr069
