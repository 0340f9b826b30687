// SPDX-License-Identifier: Apache-2.0
// Which device a path of the tree is about, and how far what is done there may reach (rem.md 2.1, 2.9).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/core/primitive.h>
#include <nscl/rem/task.h>
#include <nscl/store/view.h>

namespace nscl::rem {

/// "scls/x" or "scls/x/attachedDevices/y" of a path at or below its mgmtObjs; empty if it is below nobody's.
std::string_view managed_entity(std::string_view path);

/// What an attachedDevice that a gateway lists keeps beside its attributes, and shows to nobody.
namespace mark {
inline constexpr std::string_view device = ".device";       ///< id of the device that it was made for, which calls by itself
inline constexpr std::string_view identity = ".identity";   ///< of an embedded one: its ControllerID and ProxiedDeviceID
inline constexpr std::string_view row = ".row";             ///< "Device.ManagementServer.EmbeddedDevice.3."; empty: no longer listed
inline constexpr std::string_view places = ".places";       ///< objects of the gateway that are the embedded device
}  // namespace mark

/// In whose sessions something below a path is done, and where.
struct Tie {
  store::ManagedDevice device;
  bool is_behind = false;            ///< it is the gateway of what the path is about
  std::string row;                   ///< of its EmbeddedDevice table, which tells what became of a command; empty: none is known
  std::vector<std::string> places;   ///< objects of the gateway that are the embedded device
};

/// The device that the entity of `path` is. An attachedDevice that is none itself is found in the tree of its gateway, unless it was
/// made for a device that calls by itself, or is not listed any more: then nothing.
std::optional<Tie> tie_of(store::View& view, std::string_view path);

/// The objects that an embedded device is; none for any other resource.
std::vector<std::string> places_of(const model::Resource& attached_device);

/// What is done for a device behind a gateway never touches what is the gateway's own. forbidden: the task names something outside of
/// the embedded device. not_implemented: it is about the gateway as a whole, or nothing is known of where the device is.
Result<void> check_reach(const Tie& tie, const Task& task);

/// True if the SCL that owns the subtree sent the request, over mId: it tells what is, and nothing has to be done about it.
bool is_mirror(const core::RequestIndication& request, std::string_view path);

}  // namespace nscl::rem
