// SPDX-License-Identifier: Apache-2.0
// The documents that are no resources: what travels between an SCL and its subscribers, channels and group members
// (TS 102 921 clause 11; resources.md 5.3).
#pragma once

#include <nscl/model/resource_type.h>

namespace nscl::model::messages {

/// A notification: m2m:statusCode; `representation` or `timeoutReason`; `subscriptionReference`, ...
const ResourceType& notify();
/// Several notifications in one message: list `notify`.
const ResourceType& notify_collection();
/// What became of each: list `status`.
const ResourceType& notify_collection_response();
/// A request on its way through a communicationChannel.
const ResourceType& request_notify();
/// The answer to a requestNotify, or to an asynchronous request.
const ResourceType& response_notify();
/// What the members of a group answered: list `status`.
const ResourceType& members_content_responses();

}  // namespace nscl::model::messages
