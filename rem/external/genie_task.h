// SPDX-License-Identifier: Apache-2.0
// Tasks of GenieACS: how an operation is said there, and what a fault means. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <nscl/base/error.h>
#include <nscl/rem/assignment.h>

namespace nscl::rem {

/// "Device.X." as GenieACS writes it: "Device.X".
std::string genie_path(std::string_view path);

/// Objects and leaves that the task is about, as GenieACS writes them: of Discover the smallest list that holds all, `root` put in.
std::vector<std::string> genie_paths(const Task& task, std::string_view root);

/// The task. Its `uniqueKey` is the operation's key: GenieACS keeps one task of a key at most, and we find ours by it. not_implemented with the
/// reason: it cannot be said there.
Result<nlohmann::json> genie_task(const Assignment& assignment, std::string_view root);

/// Whether a task of the device is the one that we would submit: by its key, or where none was kept by all its fields.
bool is_task(const nlohmann::json& task, const nlohmann::json& ours);

/// "_id" of a task; empty if there is none that can stand in a query.
std::string ticket_in(const nlohmann::json& task);

/// Whether GenieACS itself tries again what failed by this: the device went away in the middle.
bool is_passing_fault(const nlohmann::json& fault);
/// What a document of /faults means.
Report report_of_fault(const nlohmann::json& fault, const Assignment& assignment);

}  // namespace nscl::rem
