// SPDX-License-Identifier: Apache-2.0
// The commands that performances send, without their ids.
#pragma once

#include <string>
#include <vector>

#include <nscl/rem/omadm/performance.h>

namespace nscl::rem::omadm {

using Commands = std::vector<CommandElement>;
using Answers = std::vector<CommandAnswer>;

/// The Format of an interior node.
inline constexpr std::string_view node_format = "node";

CommandElement get_of(const std::vector<std::string>& uris);
/// Of a leaf without a type: Format chr. Octets (bin, b64) are sent as b64, or as they are where the model wants them so.
CommandElement replace_of(const Leaf& leaf, const DmModelOptions& model);
/// A leaf, or an interior node: one of type "node".
CommandElement add_of(const Leaf& node, const DmModelOptions& model);
CommandElement delete_of(const std::string& uri);
CommandElement exec_of(const std::string& uri, const std::string& data, const std::string& correlator);
CommandElement atomic_of(Commands commands);

/// A Format there is: devices tell others too.
bool is_format(std::string_view text);

/// True if both are the same value of the Format, however they are written.
bool same_value(std::string_view format, std::string_view a, std::string_view b);

}  // namespace nscl::rem::omadm
