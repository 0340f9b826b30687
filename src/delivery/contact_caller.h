// SPDX-License-Identifier: Apache-2.0
// ContactCaller: tells something to an address that somebody gave: a channel or a collection point of this SCL, a resource
// here, another SCL or any URI (procedures 3.8, 5.9.3). On the pump's thread.
#pragma once

#include <chrono>
#include <string>

#include <nscl/core/pipeline.h>
#include <nscl/store/store.h>

#include "channels.h"
#include "collector.h"
#include "forwarder.h"

namespace nscl::delivery {

struct ContactCall {
  std::string contact;             ///< as it was given
  std::string authority;           ///< by which it was given: tells which URIs are ours
  std::string principal;           ///< who gave it: inside this tree its rights decide
  core::Dialect dialect = core::Dialect::standard;
  codec::Format format = codec::Format::xml;
  std::string content_type;
  std::string document;
  std::string correlation_id;
};

struct CallOutcome {
  enum class Kind : unsigned char {
    arrived,
    failed,      ///< may be different next time
    refused,     ///< the receiver does not want to be told
    parked,      ///< nobody polls the channel
  };
  Kind kind = Kind::failed;
  std::string reason;
  std::chrono::seconds retry_after{0};
  std::string parked_on;
  core::ResponseConfirm answer;   ///< of a receiver that answers for itself; its content may say more
};

bool is_success(Status status);

/// A receiver that answers like this does not want to be told (procedures 5.9.5); the rest may be different next time.
bool is_told_to_stop(Status status);

class ContactCaller {
 public:
  ContactCaller(store::Store& store, core::Pipeline& pipeline, const Clock& clock, Forwarder& forwarder, Channels& channels, Collector& collector,
                boost::asio::io_context& context)
      : store_(store), pipeline_(pipeline), clock_(clock), forwarder_(forwarder), channels_(channels), collector_(collector), context_(context) {}

  net::Task<CallOutcome> call(ContactCall call);

 private:
  net::Task<CallOutcome> call_channel(ChannelRef channel, ContactCall call);
  net::Task<CallOutcome> call_collector(CollectionPoint point, ContactCall call);
  net::Task<core::ResponseConfirm> call_inside(ContactCall call, std::string path, security::RequestorPtr from);
  net::Task<core::ResponseConfirm> call_outside(ContactCall call);
  /// The path in this tree that the contact means, "\n" if it means none; and who gave it.
  std::pair<std::string, security::RequestorPtr> place_inside(const ContactCall& call);

  store::Store& store_;
  core::Pipeline& pipeline_;
  const Clock& clock_;
  Forwarder& forwarder_;
  Channels& channels_;
  Collector& collector_;
  boost::asio::io_context& context_;
};

}  // namespace nscl::delivery
