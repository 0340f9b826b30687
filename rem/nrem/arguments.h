// SPDX-License-Identifier: Apache-2.0
// execReqArgs and execResult: values of any type, as arguments of commands (rem.md 1.4, 2.6).
#pragma once

#include <vector>

#include <nscl/base/error.h>
#include <nscl/model/value.h>
#include <nscl/rem/task.h>

namespace nscl::rem {

/// The arguments in execReqArgs; those that hold elements are structures. bad_request: an argument without a name, or deeper than 4.
Result<std::vector<Argument>> arguments_in(const model::Value& exec_req_args);

/// An execResult with these items, in their order.
model::Value exec_result_of(const std::vector<Argument>& items);

}  // namespace nscl::rem
