// SPDX-License-Identifier: Apache-2.0
// The documents that are no resources: what travels between an SCL and its subscribers, channels and group members
// (TS 102 921 clause 11; resources.md 5.3),
// and what a node is given at its bootstrap and for its service connection (resources.md 4.5).
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

/// What a node needs after its bootstrap: id, Kmr and its index and end, who authenticates it, where it may register. The key is
/// wrapped (securityEncryptedM2MKey), or for peers of version 1.1.1 in clear (securityM2MKey).
const ResourceType& bootstrap_param_set();
/// The same document from a node that asks for it: nothing in it is mandatory.
const ResourceType& bootstrap_request();
/// What a node needs for its service connection: connection id, the wrapped Kmc and its index and end.
const ResourceType& connection_param_set();

}  // namespace nscl::model::messages
