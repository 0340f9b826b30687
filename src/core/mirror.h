// SPDX-License-Identifier: Apache-2.0
// Mirror: contentInstances that come inside a notification, because their container is the contact of a subscription to
// another (resources.md 3.19; procedures 3.6).
#pragma once

#include <vector>

#include <nscl/base/error.h>
#include <nscl/codec/codec.h>
#include <nscl/model/registry.h>
#include <nscl/model/resource.h>

namespace nscl::core {

/// True for a notify and a notifyCollection.
bool is_notification(const codec::Document& document);

/// The instances in the representations, in the order of the document; each has an id, a media type and content. Fails with
/// bad_request if there is none, or one that could not be stored. In a notifyCollection what brings no contentInstances
/// (the end of a subscription) is passed over.
Result<std::vector<model::Instance>> unpack(const model::Registry& registry, const codec::Document& document);

// instances.cpp

/// What a contentInstance document says.
Result<model::Instance> read_document(const model::Object& body);

/// Whether it can be stored in any container: content, its media type, and an id that the tree does not use itself.
Result<void> check_instance(const model::Registry& registry, const model::Instance& instance);

}  // namespace nscl::core
