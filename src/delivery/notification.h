// SPDX-License-Identifier: Apache-2.0
// Notification: what a subscriber is told, and how that is kept until it was told (TS 102 921 10.25; procedures 5.9).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/codec/codec.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/model/registry.h>
#include <nscl/store/outbox.h>
#include <nscl/store/view.h>

namespace nscl::delivery {

/// How far the subscriber has been told. The state of its lane.
struct Progress {
  std::uint64_t sequence = 0;   ///< newest contentInstance that was looked at
  Time reported{};              ///< lastModifiedTime of the state that was told last; the epoch: none yet
  Time sent{};                  ///< of the last notification that arrived
};
std::string encode(const Progress& progress);
Progress decode_progress(std::string_view state);

/// A notification with all it needs to leave, its subscription perhaps gone. The body of an outbox row.
struct Notification {
  Status status = Status::ok;
  std::string content_type;      ///< of `representation`
  std::string representation;    ///< octets; empty: none
  std::string contact;           ///< where it goes, as the subscriber wrote it
  std::string authority;         ///< by which the subscription was made: tells which URIs are ours
  std::string reference;         ///< path of the subscription
  std::string subscriber;        ///< principal
  std::string final_contact;     ///< with an aggregateURI: whom it is for
  core::Dialect dialect = core::Dialect::standard;
  codec::Format format = codec::Format::xml;
};
std::string encode(const Notification& notification);
Result<Notification> decode_notification(std::string_view body);

/// The head of a notification for this subscription: everything but what happened.
Notification head_of(const model::Resource& subscription);

/// An errorInfo as representation: why there is nothing else.
void set_error(Notification& notification, const Error& error);

/// The notify document.
std::string document_of(const Notification& notification, const core::Policy& policy);

}  // namespace nscl::delivery
