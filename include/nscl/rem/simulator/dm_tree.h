// SPDX-License-Identifier: Apache-2.0
// The management tree of a simulated DM client: what all devices of a kind share, and what one device has changed in it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::rem::simulator {

/// A node, by its URI without a slash at the end; the root is ".".
struct DmNode {
  bool is_interior = false;
  bool takes_children = false;   ///< Add below it
  bool is_writable = false;      ///< Replace
  bool is_removable = false;     ///< Delete
  bool is_executable = false;
  bool is_secret = false;        ///< Get: 405
  std::string format = "chr";    ///< of a leaf
  std::string type;              ///< of a leaf its media type, of an interior node the URN of what it is the root of, or empty
  std::string value;
};
using DmNodes = std::map<std::string, DmNode, std::less<>>;

/// What a device is when it leaves the factory. Never changed once made; any thread.
class DmFactoryTree {
 public:
  /// docs/simulator.md. `log_size`: octets of the log of DiagMon. `has_large_objects`: LrgObj. `more`: further lines.
  static std::shared_ptr<const DmFactoryTree> built_in(std::size_t log_size = 64, bool has_large_objects = true, std::string_view more = {});
  /// Lines "URI LETTERS [REST]"; an empty line or one with # says nothing. Letters: n interior node (its REST is the URN), else a leaf,
  /// whose REST is its format and its value; w takes Replace, s is secret, a takes Add below it, d takes Delete, x takes Exec, r nothing of
  /// all. Lines with a segment {x} are what a node of any name has there. Throws std::runtime_error naming the line.
  explicit DmFactoryTree(std::string_view text);

  const DmNodes& nodes() const { return nodes_; }
  const DmNodes& templates() const { return templates_; }   ///< URIs with {x}

 private:
  void add_line(std::string_view line);

  DmNodes nodes_, templates_;
};

/// The tree of one device. What a server may do to it is answered with a status of OMA-DM. Not thread-safe.
class DmTree {
 public:
  explicit DmTree(std::shared_ptr<const DmFactoryTree> factory) : factory_(std::move(factory)) {}

  const DmNode* find(std::string_view uri) const;
  std::string value(std::string_view uri) const;   ///< secrets too; empty: none
  /// Names, in the order of the alphabet.
  std::vector<std::string> children(std::string_view uri) const;
  /// URIs of all that lies below.
  std::vector<std::string> below(std::string_view uri) const;

  struct Reading {
    int status = 200;
    std::string format, type, value;   ///< "node" and the names of the children of an interior node
  };
  /// `target`: with "?prop=..." or "?list=..." behind it or not.
  Reading read(std::string_view target) const;
  /// With what a node of any name has at this place. `format` "node": an interior node.
  int add(std::string_view uri, const std::string& format, const std::string& type, std::string value);
  int replace(std::string_view uri, std::string value);
  int remove(std::string_view uri);

  /// The device's own doing. False: there is no such leaf.
  bool change(std::string_view uri, std::string_view value);
  /// The same: an interior node with what any has at this place.
  void make(std::string_view uri);
  /// The same: makes a leaf, or changes it.
  void put(std::string_view uri, std::string_view format, std::string_view value);
  void drop(std::string_view uri);

  /// As it left the factory.
  void reset();
  /// How many nodes are this device's own.
  std::size_t differences() const { return own_.size() + removed_.size(); }

 private:
  bool is_removed(std::string_view uri) const;
  DmNode& own(std::string_view uri);
  Reading property(std::string_view uri, const DmNode& node, std::string_view name) const;
  void take_templates(std::string_view uri);

  std::shared_ptr<const DmFactoryTree> factory_;
  DmNodes own_;
  std::set<std::string, std::less<>> removed_;   ///< of the factory's nodes, with all below them
};

}  // namespace nscl::rem::simulator
