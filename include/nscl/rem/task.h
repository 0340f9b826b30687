// SPDX-License-Identifier: Apache-2.0
// What is to be done on a device, in terms of its data model, and how it went; the same for every management protocol. Both are kept
// as JSON in store::Operation (body and outcome).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/rem/modelled_object.h>

namespace nscl::rem {

/// A value of the device's data model: a parameter of CWMP, a leaf node of OMA-DM. Paths are those of the device; an object ends in a dot
/// ("Device.X.3."), of OMA-DM in a slash ("./FUMO/1/"), a leaf in neither.
struct Leaf {
  std::string path;     ///< e.g. "Device.DeviceInfo.SerialNumber", "./DevInfo/Man"
  std::string value;
  std::string type = {};   ///< as the device calls it ("unsignedInt"; OMA-DM: the Format, "chr"); empty: not known
  bool operator==(const Leaf&) const = default;
};

/// Reads leaves. One that the device does not have is missing in the report, and no failure.
struct GetLeaves {
  std::vector<std::string> paths;   ///< full paths; one that ends in a dot is a whole object, for small ones only
  /// Of OMA-DM: only the first of them that the device has is read, and none is a failure.
  bool is_choice = false;
  bool operator==(const GetLeaves&) const = default;
};

/// Writes leaves, all or none.
struct SetLeaves {
  std::vector<Leaf> leaves;
  /// Paths of those that the device was not seen to have: it is asked whether it does before it hears of them otherwise. Those that
  /// are not among `leaves` do not count.
  std::vector<std::string> unseen = {};
  bool operator==(const SetLeaves&) const = default;
};

/// Makes an instance of an object that may have several, with values in it.
struct AddInstance {
  std::string object;         ///< "Device.X.Y.": of which
  std::vector<Leaf> leaves;   ///< paths below the new instance: "Enable"
  /// Paths of the instances there were before, so that one that was made without our hearing of it can be told from them.
  /// Nothing: not known, and such a one is not looked for where others are.
  std::optional<std::vector<std::string>> known = std::nullopt;
  std::string name = {};      ///< of the new node, where this server chooses it (OMA-DM); empty: the device does
  bool operator==(const AddInstance&) const = default;
};

struct DeleteInstance {
  std::string object;         ///< "Device.X.Y.3."
  bool operator==(const DeleteInstance&) const = default;
};

/// Finds out what a device is and has: its methods, and which of these objects, with their instances, leaves and values.
struct Discover {
  /// Object paths; "{i}" stands for every instance number (OMA-DM: every node), "{root}" for the root object with its dot or slash,
  /// "{urn:...}" in the beginning for each object of this model, with its slash.
  std::vector<std::string> objects;
  bool operator==(const Discover&) const = default;
};

struct Argument {
  std::string name;
  std::string value;
  std::vector<Argument> parts = {};   ///< of a structure, which has no value
  bool operator==(const Argument&) const = default;
};

/// A command, by its cmdType (resources: mgmtCmd) and arguments named as the RPC's elements.
struct Command {
  std::string type;           ///< RESET, REBOOT, UPLOAD, DOWNLOAD, SCHEDULEDOWNLOAD, SCHEDULEINFORM or CHANGEDUSTATE
  std::vector<Argument> arguments;
  bool operator==(const Command&) const = default;
};

/// Ends a command that the device has accepted.
struct Cancel {
  std::string key;            ///< the CommandKey it was given
  std::string node = {};      ///< of OMA-DM: that is run for it
  bool operator==(const Cancel&) const = default;
};

/// How far a device is to tell of changes of a leaf by itself.
struct WatchedLeaf {
  std::string path;
  unsigned level = 0;         ///< Notification of CWMP: 0 not, 1 in its next session, 2 at once
  bool operator==(const WatchedLeaf&) const = default;
};

/// Has the device tell of changes, or not any more. What it refuses for one leaf does not hinder the others; the report is a failure then.
struct SetNotifications {
  std::vector<WatchedLeaf> leaves;
  bool operator==(const SetNotifications&) const = default;
};

/// Runs a node of OMA-DM (Exec), once leaves are as they have to be for it. How it ends is told by its status, or later by an alert with the
/// operation's key.
struct Invoke {
  std::vector<Leaf> leaves;       ///< written before; made, with the nodes above them, if they are not there
  std::string node;               ///< that is run: "./FUMO/1/DownloadAndUpdate"
  std::string data = {};          ///< that it is given; empty: none
  std::string state = {};         ///< leaf that tells what goes on; empty: none does
  std::vector<std::string> idle = {};   ///< values of it with which it has not begun
  bool restarts = false;          ///< the device leaves the session for it
  std::string cancel = {};        ///< node that is run to end it, once the device has begun; empty: none does
  bool operator==(const Invoke&) const = default;
};

using Task = std::variant<GetLeaves, SetLeaves, AddInstance, DeleteInstance, Discover, Command, Cancel, SetNotifications, Invoke>;

/// How a task ended, or how far it came.
struct Report {
  enum class End : unsigned char {
    done,
    accepted,     ///< the device has begun, and will tell of the end by the operation's key or an event
    failed,       ///< for good
    later,        ///< not now: to be done again, in another session
    no_answer,    ///< the session ended, or the device did not answer, before it was known
  };
  End end = End::done;
  Status status = Status::ok;      ///< for the application; with `failed` an error
  std::string code = "0";          ///< of the protocol, or SOAP_FAULT (a fault without one), EXPIRED, NO_REPORT, CANCELLED, REFUSED (the device was not told)
  std::string text = {};           ///< additionalInfo: protocol, code, text and path
  bool needs_reboot = false;       ///< done, and effective after the next start of the device
  bool unsupported = false;        ///< failed, as the device does not know the method
  bool unknown_path = false;       ///< failed, as the device does not have an object or leaf (any more)
  std::vector<Leaf> leaves = {};   ///< what was read, with types
  std::vector<std::string> writable = {};   ///< Discover: paths that may be written, or objects that take instances
  std::vector<std::string> objects = {};    ///< Discover: objects and instances found, each ending in a dot
  std::vector<std::string> methods = {};    ///< Discover
  std::vector<ModelledObject> models = {};  ///< Discover: roots of management objects of OMA-DM, by the Types of their nodes
  std::string object = {};         ///< AddInstance: the instance
  std::optional<Time> started = std::nullopt, completed = std::nullopt;
  std::vector<Argument> results = {};   ///< more that execResult tells
  std::string version_before = {};      ///< accepted: the device's SoftwareVersion; another one tells of the end, if nothing else does for an hour
  bool operator==(const Report&) const = default;
};

std::string to_json(const Task& task);
std::string to_json(const Report& report);
/// internal_server_error if the text is none: it was changed outside of the program.
Result<Task> task_from_json(std::string_view text);
Result<Report> report_from_json(std::string_view text);

/// True if the device leaves the session for it: such tasks come last.
bool restarts_device(const Task& task);

}  // namespace nscl::rem
