// SPDX-License-Identifier: Apache-2.0
// DeviceMapping: between the management objects of the tree and the data model of one device, both ways. Pure: no store, no sockets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/model/resource.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/mapping_table.h>
#include <nscl/rem/task.h>

namespace nscl::rem {

/// A resource that a device ought to have.
struct Wanted {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  const model::ResourceType* type = nullptr;
  std::string id;                     ///< for a new one; one that is there is known by its type and originalMO
  std::size_t parent = none;          ///< index of the resource above; none: it stands in mgmtObjs
  model::Object attributes;           ///< all but the id and what the NSCL gives every resource
};

/// What an action does on the device.
struct ActionPlan {
  std::vector<Task> tasks;            ///< one after the other, each when the one before is done
  std::string_view status;            ///< attribute of the resource that tells how it goes (ActionStatus); empty: none
  std::vector<Leaf> until;            ///< no event tells of the end: it is done when these are so
  std::vector<std::string> watch;     ///< what action_state() has to be given to tell the progress; empty: it cannot
  std::string_view upload;            ///< attribute that the file becomes which the device sends; empty: none
};

/// How far an action has come, by the device's own words.
struct ActionState {
  int progress = 0;                   ///< per cent; below 100 it is running
  bool success = false;
  bool operator==(const ActionState&) const = default;
};

/// Name space of attributes of objects that no model knows (rem.md 1.3), and of those that came as JSON members.
inline constexpr std::string_view object_attribute_namespace = "urn:nscl:mo";

/// Argument of a command that an action gives: the object that it is for. Arguments that begin with a dot come from no request.
inline constexpr std::string_view action_object = ".object";

/// Kept beside the attributes of a resource whose node was made for it, on a device of OMA-DM: it goes with the resource.
inline constexpr std::string_view made_attribute = ".made";

/// bad_request if `path` is no address of an object (ends in a dot) or parameter of CWMP: names, numbers or [aliases], joined by
/// dots, under "Device." or "InternetGatewayDevice."; nor of a node of OMA-DM: names joined by slashes, under "./". At most 256 characters.
Result<void> check_original_mo(std::string_view path);

/// The text of a log as logData.
model::Value log_of(std::string_view text);

/// The method of CWMP that a command needs, by its cmdType; empty: none.
std::string_view method_of_command(std::string_view cmd_type);
/// The attributes of a resource with triggers, which has this URI.
model::Object triggers_of(const model::ResourceType& type, std::string_view original_mo, std::string_view uri);

/// What an attribute of a management object becomes if it is changed to `wanted` (null: it is taken away); nothing: it goes. Of an object
/// that no model knows the parameters that are not named stay as they are: a device does not lose them by that.
std::optional<model::Value> attribute_after(const model::ResourceType& type, const model::Object& before, std::string_view name, const model::Value* wanted);
void change_attribute(const model::ResourceType& type, model::Object& attributes, std::string_view name, const model::Value* wanted);

/// Of one device. Table and facts outlive it.
class DeviceMapping {
 public:
  DeviceMapping(const MappingTable& table, const DeviceFacts& facts);

  /// Everything that is worth asking a device for.
  Discover discovery() const;

  /// The resources that the device has counterparts for, parents first, at most 2,000 or so; and its commands. `uri`: of its mgmtObjs, for the triggers.
  std::vector<Wanted> objects(const Report& discovered, std::string_view uri) const;

  /// What to read for a RETRIEVE of a resource with these attributes; empty: nothing. A path with a dot at its end is a small table.
  std::vector<std::string> leaves(const model::ResourceType& type, const model::Object& attributes) const;

  /// Values read -> attributes; the device's value wins. Leaves that were not read change nothing. True if an attribute changed.
  bool apply(model::Resource& resource, const std::vector<Leaf>& leaves) const;

  /// What the device was found not to have, from a new finding into a resource that was there. True if it changed.
  bool take_absent(model::Resource& resource, const model::Object& found) const;

  /// What to set so that the device is as `after` says; only what differs from `before`. not_implemented: the device has nothing
  /// for an attribute; forbidden: it must not be written; bad_request: it cannot have this value.
  Result<std::vector<Leaf>> changes(const model::ResourceType& type, const model::Object& before, const model::Object& after) const;

  /// Of leaves that are to be set on a resource with these attributes, the paths of those that the device was not seen to have.
  std::vector<std::string> unseen(const model::ResourceType& type, const model::Object& attributes, const std::vector<Leaf>& leaves) const;

  /// Takes out of an object that no model knows what somebody else said of its parameters.
  void drop_parameters(model::Resource& resource) const;

  /// True if a new resource is to be made on the device, though it has an originalMO: that of a table, and values without a path; or of OMA-DM with any values.
  bool is_new_instance(const model::ResourceType& type, const model::Object& attributes) const;

  /// How to make the instance that a new resource stands for, in the object of its parent. not_implemented: it cannot be made.
  /// `id`: of the resource; by it a node of OMA-DM is called whose name nothing else says.
  Result<AddInstance> addition(const model::ResourceType& type, std::string_view parent_mo, const model::Object& attributes, std::string_view id = {}) const;

  /// True for a new resource that stands for nothing on the device, and needs nothing there.
  bool is_unbound(const model::ResourceType& type, const model::Object& attributes) const;

  /// How to remove it; nullopt: nothing is sent, the object stays.
  std::optional<DeleteInstance> removal(const model::ResourceType& type, const model::Object& attributes) const;

  /// What a low-level resource stands for: an object, with its dot or slash, or a leaf. bad_request: it is no address, or not one of this device's protocol.
  Result<std::string> place_of(const model::Object& attributes) const;

  /// What a command is on this device: itself on one of CWMP. `key`: of the operation. not_implemented: the device has nothing for it, with the reason.
  Result<Task> task_of(const Command& command, std::string_view key) const;

  /// What EXECUTE of a trigger does. `type` and `attributes` are those of the resource that holds the action's status, the
  /// parent of the one with the triggers. not_implemented with the reason; conflict; bad_request: an attribute is missing.
  Result<ActionPlan> action(const model::ResourceType& type, const model::Object& attributes, std::string_view trigger) const;

  /// What action_state() has to be given; empty: nothing tells.
  std::vector<std::string> state_leaves(const model::ResourceType& type, const model::Object& attributes) const;

  /// How the last action goes on, of values read. nullopt: they do not tell.
  std::optional<ActionState> action_state(const model::ResourceType& type, const model::Object& attributes, const std::vector<Leaf>& leaves) const;

  /// The entry for a resource: by its type and object. Null: there is none.
  const ObjectRule* rule_of(const model::ResourceType& type, std::string_view original_mo) const;

 private:
  const MappingTable& table_;
  const DeviceFacts& facts_;
};

}  // namespace nscl::rem
