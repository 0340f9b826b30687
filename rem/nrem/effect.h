// SPDX-License-Identifier: Apache-2.0
// Effect: what becomes of the tree when an operation on a device ends. Kept as JSON in store::Operation::change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/model/resource_type.h>
#include <nscl/rem/task.h>

namespace nscl::rem {

/// To whom the outcome of a request is told that was answered STATUS_ACCEPTED and named a contact (procedures 1.4), and what the answer
/// to it depends on.
struct Addressee {
  model::Verb verb = model::Verb::update;
  std::string principal, entity;
  bool is_operator = false;
  std::string host;                  ///< by which the request came
  bool is_om2m = false, is_json = false;
  std::string correlation_id, contact_uri;
  Time from{};                       ///< an end before this is the answer to the request itself, which waits for it
  bool operator==(const Addressee&) const = default;
};

struct Effect {
  enum class Kind : unsigned char {
    refresh,     ///< the resource shows the values that were read
    update,      ///< it has the changed attributes
    create,      ///< it is made
    remove,      ///< it goes
    command,     ///< the resource is an execInstance, which tells of the end
    action,      ///< an ActionStatus tells of it
    discovery,   ///< the device's objects are made
    cancel,      ///< another operation ends
    login,       ///< credentials by which the device can be called are those it was given
    embedded,    ///< objects of the devices behind the gateway are made
    watch,       ///< nothing: the device tells of other parameters from then on
    alarms,      ///< traps tell of the alarms that were read
  };
  Kind kind = Kind::refresh;
  std::string type;                  ///< create, update: name of the resource type
  std::string attributes;            ///< create: all of them; update: the changed ones; in their stored form
  std::vector<std::string> erased;   ///< update: attributes that go
  Time expiration = never;           ///< create, update
  std::string status_resource;       ///< action: path of what has the ActionStatus ...
  std::string status_attribute;      ///< ... and its name
  std::string action;                ///< action: URI
  std::vector<std::string> rest;     ///< action: tasks that follow, as JSON
  std::vector<Leaf> until;           ///< action: it is over when these are so
  std::vector<WatchedLeaf> watched;  ///< action: what its object wishes to be told of from then on; level 0: not any more
  std::string upload;                ///< action: attribute that the file becomes which the device sends
  std::uint64_t operation = 0;       ///< cancel: which; update: the newer one that it ends with
  bool is_cancelled = false;         ///< command: somebody wanted to cancel it while a session had it
  bool is_second_try = false;        ///< the device was asked anew what it has, as it did not know a path
  std::string row;                   ///< of a gateway's EmbeddedDevice table, which tells of the end; empty: the gateway's answer is the end
  bool is_processing = false;        ///< the gateway took it, and the row is looked at
  std::string installed;             ///< command, action: the version that the device came back with, which is that of the file
  std::vector<Addressee> addressees;   ///< who has still to be told
  std::optional<Addressee> canceller;  ///< with is_cancelled: who has to be told whether it was
  bool operator==(const Effect&) const = default;
};

std::string to_json(const Effect& effect);
/// internal_server_error if the text is none: it was changed outside of the program.
Result<Effect> effect_from_json(std::string_view text);

}  // namespace nscl::rem
