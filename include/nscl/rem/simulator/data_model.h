// SPDX-License-Identifier: Apache-2.0
// The data model of a simulated CPE: a tree that all devices of a kind share, and what one device has changed in it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/tr069/faults.h>
#include <nscl/rem/tr069/parameters.h>

namespace nscl::rem::simulator {

enum class ModelKind { tr181, tr098 };

/// One line of the model: an object, whose path ends in a dot, or a parameter.
struct Node {
  enum class Reading : unsigned char { value, nothing, never_true };   ///< of secrets: nothing; of triggers: never true
  bool is_object = false;
  bool is_table = false;
  bool is_writable = false;       ///< parameter: may be set; table: takes AddObject; instance: takes DeleteObject
  Reading reading = Reading::value;
  std::string type = "string";    ///< local name of xsi:type
  std::string constraint;         ///< "(64)" longest text, "[1:100]" smallest and largest number, "{A,B}" the only texts
  std::string value;
  std::uint32_t notification = 0;
  std::vector<std::string> access_list;
};

using Nodes = std::map<std::string, Node, std::less<>>;   ///< by full path

/// What a device is when it leaves the factory. Never changed once made; any thread.
class ModelTree {
 public:
  /// `has_fixed_interval`: nobody may set when it informs periodically.
  static std::shared_ptr<const ModelTree> built_in(ModelKind kind, bool has_fixed_interval = false);
  /// Lines "PATH LETTER [TYPE[CONSTRAINT] [VALUE]]"; an empty line or one with # says nothing. For a path that ends in a dot the
  /// letter is o (object), t (table), T (table that takes AddObject) or i (instance of a table, from its lines with {i}); else r, w
  /// (writable), p (writable, reads as empty) or a (writable, reads as false), with ! behind it if changes are told of at once; =
  /// gives another value to what is there. Throws std::runtime_error naming the line.
  explicit ModelTree(std::string_view text);

  const std::string& root() const { return root_; }   ///< "Device."
  const Nodes& nodes() const { return nodes_; }
  const Nodes& templates() const { return templates_; }   ///< paths with {i}

 private:
  void add_line(std::string_view line);

  std::string root_;
  Nodes nodes_, templates_;
};

/// `path` with {i} for each instance number.
std::string generic_path(std::string_view path);
/// What an instance at `path` (with its number, ends in a dot) consists of, itself included.
Nodes instance_of(const Nodes& templates, std::string_view path);

/// The tree of one device. Not thread-safe.
class DataModel {
 public:
  explicit DataModel(std::shared_ptr<const ModelTree> tree) : tree_(std::move(tree)) {}

  const std::string& root() const { return tree_->root(); }
  const Node* find(std::string_view path) const;
  /// Of a parameter as it is, secrets too; empty if there is none. `name`: without the root, "DeviceInfo.SerialNumber".
  std::string value(std::string_view name) const;
  /// The device changes a parameter of its own. False: there is none of this name (without the root).
  bool change(std::string_view name, std::string_view value);

  template <class Value>
  using Outcome = tl::expected<Value, tr069::Fault>;
  Outcome<std::vector<tr069::ParameterInfoStruct>> names(std::string_view path, bool next_level) const;
  Outcome<std::vector<tr069::ParameterValueStruct>> values(const std::vector<std::string>& names) const;
  Outcome<std::vector<tr069::ParameterAttributeStruct>> attributes(const std::vector<std::string>& names) const;
  /// All or none; the fault 9003 names every parameter that is wrong.
  std::optional<tr069::Fault> set(const std::vector<tr069::ParameterValueStruct>& parameters);
  std::optional<tr069::Fault> set_attributes(const std::vector<tr069::SetParameterAttributesStruct>& parameters);
  /// The number of the new instance; numbers are not given twice.
  Outcome<std::uint32_t> add(std::string_view table);
  std::optional<tr069::Fault> remove(std::string_view instance);

  /// As it left the factory.
  void reset();
  /// How many nodes are this device's own.
  std::size_t differences() const { return own_.size() + removed_.size(); }

 private:
  using Found = std::map<std::string_view, const Node*>;
  bool is_removed(std::string_view path) const;
  Found below(std::string_view prefix) const;   ///< and the object itself
  /// Views of the tree or of `names`, which has to outlive them.
  Outcome<Found> parameters_of(const std::vector<std::string>& names) const;
  Node& own(std::string_view path);             ///< of a node that is there
  std::uint32_t next_instance(std::string_view table);
  void count_entries(std::string_view table);

  std::shared_ptr<const ModelTree> tree_;
  Nodes own_;
  std::set<std::string, std::less<>> removed_;  ///< instances of the tree, each with a dot at its end
  std::map<std::string, std::uint32_t, std::less<>> last_instance_;
};

}  // namespace nscl::rem::simulator
