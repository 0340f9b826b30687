// SPDX-License-Identifier: Apache-2.0
// Reads what fields() lists out of an element: children in any order, missing ones left at their defaults.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/rem/tr069/faults.h>
#include <nscl/rem/tr069/parameters.h>
#include <nscl/rem/tr069/software.h>
#include <nscl/rem/tr069/values.h>

#include "tree.h"

namespace nscl::rem::tr069 {

class Reader {
 public:
  /// The first thing that has to be refused is left in `refused`.
  Reader(pugi::xml_node node, std::optional<Fault>& refused) : node_(node), refused_(refused) {}

  void text(std::string_view name, std::string& to) { to = text_of(child(node_, name)); }
  void secret(std::string_view name, Secret& to);
  void word(std::string_view name, std::string& to);                 ///< without blanks around it
  void identity(std::string_view name, std::string& to);             ///< a word that is not too long for a key
  void flag(std::string_view name, bool& to);
  void time(std::string_view name, std::optional<Time>& to) { to = parse_time(text_of(child(node_, name))); }
  void outcome(std::string_view name, std::uint32_t& to);            ///< refused if it is there and no number
  void fault_code(std::string_view name, std::uint32_t& to);         ///< 9002 if it is there and no number
  void value(ParameterValueStruct& to);                              ///< the element Value
  void strings(std::string_view name, std::vector<std::string>& to, std::size_t most);
  void operations(std::string_view name, std::vector<Operation>& to, std::size_t most);

  template <std::integral Number>
  void number(std::string_view name, Number& to) {
    if (const auto given = within<Number>(text_of(child(node_, name)))) to = *given;
  }

  /// A structure in an element of its own.
  template <class Struct>
  void one(std::string_view name, Struct& to) {
    Reader inner(child(node_, name), refused_);
    fields(inner, to);
  }

  /// An array of SOAP. The count it declares is often wrong, and what its entries are called is not looked at.
  template <class Struct>
  void list(std::string_view name, std::string_view, std::vector<Struct>& to, std::size_t most) {
    entries(child(node_, name), name, to, most);
  }

  /// Elements of one name, repeated; some send an array instead, with entries called `item`.
  template <class Struct>
  void repeated(std::string_view name, std::string_view item, std::vector<Struct>& to, std::size_t most) {
    for (const auto node : node_.children()) {
      if (node.type() != pugi::node_element || local_name(node) != name) continue;
      if (!item.empty() && child(node, item)) entries(node, name, to, most);
      else entry(node, name, to, most);
    }
  }

 private:
  template <std::integral Number>
  static std::optional<Number> within(std::string_view text) {
    const auto given = parse_integer(text);
    const bool fits = given && *given >= std::numeric_limits<Number>::min() && *given <= std::numeric_limits<Number>::max();
    return fits ? std::optional(static_cast<Number>(*given)) : std::nullopt;
  }

  template <class Struct>
  void entries(pugi::xml_node array, std::string_view name, std::vector<Struct>& to, std::size_t most) {
    for (const auto node : array.children()) {
      if (node.type() == pugi::node_element && !entry(node, name, to, most)) return;
    }
  }

  template <class Struct>
  bool entry(pugi::xml_node node, std::string_view name, std::vector<Struct>& to, std::size_t most) {
    if (to.size() >= most) {
      too_many(name, most);
      return false;
    }
    Reader inner(node, refused_);
    fields(inner, to.emplace_back());
    return true;
  }

  void refuse(std::uint32_t code, std::string_view more);
  void too_many(std::string_view name, std::size_t most);

  pugi::xml_node node_;
  std::optional<Fault>& refused_;
};

}  // namespace nscl::rem::tr069
