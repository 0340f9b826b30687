// SPDX-License-Identifier: Apache-2.0
// MappingReader: the parts of a mapping file, and what is wrong with them.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include <nscl/model/registry.h>
#include <nscl/rem/mapping_table.h>

namespace nscl::app {

class MappingReader {
 public:
  MappingReader(std::string file, const model::Registry& registry) : file_(std::move(file)), registry_(registry) {}

  rem::MappingTable read(std::string_view text);
  /// In the order of their lines; empty: the table is sound.
  std::vector<std::string> problems() const;

 private:
  using Pairs = rem::Pairs;

  void object(rem::ObjectRule& rule, const toml::table& table);
  bool is_dm() const { return protocol_ == store::ManagementProtocol::oma_dm; }
  bool is_object_pattern(std::string path) const;
  void check_object(const rem::ObjectRule& rule, const toml::table& table);
  void match(rem::ModelMatch& out, const toml::node& node);
  void hidden_name(std::string_view& out, const toml::node& node, const std::string& path);
  const model::ResourceType* type(const toml::node& node, std::string_view key);
  template <class Rule, class Read>
  void list(std::vector<Rule>& out, const toml::node& node, const std::string& name, Read read);

  // mapping_models.cpp
  void model(rem::ModelRule& rule, const toml::table& table);
  bool model_key(rem::tr069::ModelOptions& out, std::string_view key, const toml::node& node);
  bool dm_model_key(rem::omadm::DmModelOptions& out, std::string_view key, const toml::node& node);
  void event(std::optional<rem::tr069::Event>& out, const toml::node& node, const std::string& path);

  // mapping_attributes.cpp
  void attributes(rem::ObjectRule& rule, const toml::node& node);
  void attribute(rem::AttributeRule& out, const std::string& name, const toml::node& node);
  bool attribute_key(rem::AttributeRule& out, std::string_view key, const toml::node& node, const std::string& path);
  void form_named(rem::AttributeRule& out, const toml::node& node, const std::string& path);
  void check_attribute(const rem::AttributeRule& rule, const std::string& path, const toml::node& node);

  // mapping_actions.cpp
  void actions(rem::ObjectRule& rule, const toml::node& node);
  void command(rem::CommandRule& rule, const toml::table& table);
  void gateway(rem::GatewayRule& rule, const toml::table& table);
  void mode(rem::GatewayRule& rule, const toml::node& node);
  // `rule`: whose attributes the texts may name; null: they are arguments of a command.
  void ways(std::vector<rem::ActionWay>& out, const rem::ObjectRule* rule, const toml::node& node, const std::string& path);
  void way(rem::ActionWay& out, const rem::ObjectRule* rule, const toml::node& node, const std::string& path);
  void check_way(const rem::ActionWay& way, const toml::node& node, const std::string& path);
  void step(rem::ActionStep& out, const rem::ObjectRule* rule, const toml::table& table, const std::string& path);
  bool step_key(rem::ActionStep& out, std::string_view key, const toml::node& node, const std::string& path);
  void check_step(const rem::ActionStep& step, const rem::ObjectRule* rule, const toml::node& node, const std::string& path);

  // Values. What is wrong is noted, and leaves `out` as it was or empty.
  const toml::table* table(const toml::node& node, const std::string& path);
  void text(std::string& out, const toml::node& node, const std::string& path);
  void texts(std::vector<std::string>& out, const toml::node& node, const std::string& path);   ///< one, or a list of them
  void pairs(Pairs& out, const toml::node& node, const std::string& path);                       ///< in the order of the file
  void flag(bool& out, const toml::node& node, const std::string& path);
  void number(std::int64_t& out, const toml::node& node, const std::string& path, std::int64_t most = 1'000'000'000);   ///< from 1
  std::size_t choice(std::initializer_list<std::string_view> words, const toml::node& node, const std::string& path);   ///< its index; the first if it is none
  void unknown(const toml::node& node, const std::string& path) { problem(node, path, "unknown key"); }
  void problem(const toml::node& node, const std::string& path, const std::string& what);

  std::string file_;
  const model::Registry& registry_;
  store::ManagementProtocol protocol_ = store::ManagementProtocol::bbf_tr069;   // of all entries of the file
  std::multimap<std::size_t, std::string> problems_;   // by line
};

/// The members of a table as they stand in the file; TOML itself has no order.
std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table);

}  // namespace nscl::app
