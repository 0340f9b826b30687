// SPDX-License-Identifier: Apache-2.0
// MappingTable: where management objects live in a device's data model, as data; docs/mappings.md. What is written here is read
// from files by src/app/mappings.h, which checks it against the resource types.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/model/resource_type.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/omadm/model_options.h>
#include <nscl/rem/tr069/model_options.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// Which models of devices an entry is for. '*' stands for any text; an empty pattern fits all.
struct ModelMatch {
  std::string oui, product_class, software_version, manufacturer, model;
  bool operator==(const ModelMatch&) const = default;
};
bool fits(const ModelMatch& match, const DeviceFacts& facts);

/// Names of what a resource keeps beside its attributes, and shows to nobody: what actions need of the device.
inline constexpr std::array<std::string_view, 5> hidden_attributes{".uuid", ".executionEnvRef", ".executionUnits", ".execEnvs", ".package"};

/// Of software on a device of OMA-DM: its PkgID.
inline constexpr std::string_view package_attribute = ".package";

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// One attribute. Paths are below the object, or begin with "{root}".
struct AttributeRule {
  enum class Form : unsigned char {
    simple,      ///< text, number, boolean, word, by the type of the attribute
    list,        ///< comma-separated, with %2C for a comma inside an item
    seconds,     ///< duration; negative: for ever, the attribute is absent
    tolerance,   ///< the same inside a TrpdtType, where "for ever" is a very long time
    members,     ///< a list, as members of a group
    reference,   ///< path of an object, which is shown by its leaf `of`, else by its number
    instances,   ///< of `rows`: their paths, comma-separated
    items,       ///< names and values in `rows`, and `more`
    item,        ///< the value of the row that is called `of`
    schedules,   ///< of request categories in `rows`
    blocks,      ///< pauses after failures in `rows`
    status,      ///< of the last action: a state in `leaves` by `words`, or leaves for progress and final status
    constant,    ///< `value`
    log,         ///< text, as the one element that a log has
    uploaded,    ///< the file that the last action had the device send
    stored,      ///< kept by the NSCL alone; `value` in the beginning. With leaves: what the device has, once it has it
  };
  std::string_view name;                        ///< lasting: of the resource type, or of hidden_attributes
  const model::DataType* type = nullptr;        ///< null for hidden ones, which are text
  bool entity_only = false, mandatory = false;
  Form form = Form::simple;
  std::vector<std::string> leaves;              ///< the first one that the device has is taken; the first one is written
  std::string rows;                             ///< ends in "{i}." or "{i}/"
  std::optional<std::string> value;             ///< constant, in the beginning, or if the device has nothing: as the device would write it
  Pairs words;                                  ///< the device's word, and ours
  std::string otherwise;                        ///< our word for all others
  std::string prefix;                           ///< that our word has and the device's has not
  std::string of;
  Pairs more;                                   ///< items: name, leaf
  std::string progress, final_status;           ///< leaves of a status
  std::size_t cut = 0;                          ///< characters that are left of a longer text; 0: all
  std::int64_t divide = 1;                      ///< device's number / this = ours
  bool clamp = false;                           ///< into the bounds of the type
  bool read_only = false;
};

/// One thing to do. Texts may hold {root}, {object} (the path without its last dot or slash), {path} (the same below the root), {i} (last number), {each},
/// {urn:...} (the first object of that model, so too), {key} (of the operation), and {name} for the text of an attribute of the resource, or an argument of
/// the command; {name!} must not be empty. Where a path of OMA-DM is made of them they are names in it: no slash in them divides.
struct ActionStep {
  std::string command;                          ///< cmdType; empty: one of the others
  std::string operation;                        ///< of CHANGEDUSTATE
  Pairs arguments;                              ///< those that come out empty are left out
  Pairs set;                                    ///< leaf, value
  Pairs notify;                                 ///< leaf, level: how far the device is to tell of its changes
  std::string exec;                             ///< node of OMA-DM that is run: Invoke
  std::string data;                             ///< that it is given
  Pairs write;                                  ///< leaf, value: before it is run
  std::string state;                            ///< leaf that tells what goes on
  std::vector<std::string> idle;                ///< its values while nothing does
  bool restarts = false;                        ///< the device leaves the session for it
  std::string cancel;                           ///< node that is run to end it, of a command
  std::string remove;                           ///< node of OMA-DM that goes
  std::vector<std::string> read;                ///< leaves of OMA-DM, of an UPLOAD: the first that the device has is the file
};

/// A way to do an action; the first one whose conditions are met is taken.
struct ActionWay {
  std::optional<bool> bound;                    ///< the resource stands for an object of the device, or not yet
  Pairs when;                                   ///< attribute, value
  std::string each;                             ///< attribute with a comma-separated list of paths: the steps are for all of them
  std::string below;                            ///< what the paths of `each` have to begin with; "": anything
  std::vector<ActionStep> steps;
  Pairs until;                                  ///< leaf, value: what tells that it is done, if no event does
  std::string unsupported;                      ///< 501: why
  std::string conflict;                         ///< 409: why
};

struct ActionRule {
  std::string_view name;                        ///< lasting: of the trigger
  std::vector<ActionWay> ways;
};

/// What is known of a type of resource, for some models of devices.
struct ObjectRule {
  const model::ResourceType* type = nullptr;
  const model::ResourceType* parent = nullptr;  ///< null: below mgmtObjs
  store::ManagementProtocol protocol = store::ManagementProtocol::bbf_tr069;
  ModelMatch match;
  std::vector<std::string> at;                  ///< paths of objects, with {root}, {i} and {urn:...} in the beginning: the first one that the device has
  bool all = false;                             ///< ... or each of them, and this entry beside the others of the type
  std::vector<std::string> needs;               ///< one of these has to be there below it
  std::vector<std::string> methods;             ///< the device has to know one of these
  std::string id;                               ///< with {i}, {path}; "": of the type
  std::string mo_id;                            ///< "": the root and the first name below it
  std::string_view same;                        ///< lasting, of hidden_attributes: of objects that are alike in it the first one counts, and stays the resource's where it moves to
  bool creatable = false;                       ///< the device takes new instances
  bool unbound = false;                         ///< a resource without originalMO is the NSCL's own, and nothing is made on the device
  Pairs on_create;                              ///< leaves of a new instance, set behind all others
  std::vector<AttributeRule> attributes;
  const model::ResourceType* action_type = nullptr;   ///< of the child that holds the triggers; null: none
  std::string_view action_status;               ///< lasting: attribute that tells how an action goes; empty: none
  std::vector<ActionRule> actions;
};

/// What a command is on devices of OMA-DM, which have none.
struct CommandRule {
  std::string type;                             ///< cmdType
  store::ManagementProtocol protocol = store::ManagementProtocol::oma_dm;
  ModelMatch match;
  std::vector<std::string> at;                  ///< as of objects: what the device has to have for it; none: nothing
  std::vector<ActionWay> ways;                  ///< of one step each; none: the session itself is all that it takes
};

/// Where a gateway of OMA-DM lists what is behind it: a node for each device, which its objects stand below.
struct GatewayRule {
  store::ManagementProtocol protocol = store::ManagementProtocol::oma_dm;
  ModelMatch match;
  std::vector<std::string> at;                  ///< as of objects: every one counts
  std::vector<std::string> id;                  ///< leaves in it: the first one that holds something is the device's id
  std::vector<std::string> mode;                ///< leaves in it: the first one that holds something says how the device is managed
  std::vector<std::string> transparent;         ///< what it says of a device that has sessions of its own: patterns
};

/// How devices of some models are treated.
struct ModelRule {
  store::ManagementProtocol protocol = store::ManagementProtocol::bbf_tr069;
  ModelMatch match;
  tr069::ModelOptions options;
  omadm::DmModelOptions dm_options;
};

/// The first entry of a type that fits a device and that the device has an object for is taken; of models, the first one that fits.
struct MappingTable {
  std::vector<ObjectRule> objects;
  std::vector<ModelRule> models;
  std::vector<CommandRule> commands;
  std::vector<GatewayRule> gateways;
  const model::ResourceType* command = nullptr;   ///< mgmtCmd

  /// Puts the entries of `later` before these, of which those for the same type, match and protocol go.
  void override_by(MappingTable later);
};

tr069::ModelOptions model_options(const MappingTable& table, const DeviceFacts& facts);

omadm::DmModelOptions dm_model_options(const MappingTable& table, const DeviceFacts& facts);

/// The mapping files that are part of the program: rem/mappings/tr069.toml, omadm.toml.
std::string_view tr069_mappings();
std::string_view omadm_mappings();

}  // namespace nscl::rem
