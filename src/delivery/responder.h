// SPDX-License-Identifier: Apache-2.0
// Responder: brings the answers of asynchronous requests to the contactURI they named (responseNotify; procedures 1.4).
#pragma once

#include <nscl/core/policy.h>
#include <nscl/delivery/consumer.h>
#include <nscl/delivery/options.h>

#include "contact_caller.h"
#include "held_request.h"

namespace nscl::delivery {

/// Writer's thread: the answer leaves as soon as it can. `id`: of the request it belongs to.
void respond_later(store::Transaction& transaction, std::uint64_t id, const HeldAnswer& answer, Time now);

/// The same for a request about a resource of this SCL that was answered STATUS_ACCEPTED.
void respond_late(store::Transaction& transaction, const core::RequestIndication& request, const core::ResponseConfirm& confirm, const core::Policy& policy,
                  Time now);

class Responder final : public Consumer {
 public:
  Responder(store::Store& store, const Clock& clock, ContactCaller& caller, boost::asio::io_context& context, const Options& options)
      : store_(store), clock_(clock), caller_(caller), context_(context), options_(options) {}
  net::Task<void> run(store::Lane lane) override;

 private:
  store::Store& store_;
  const Clock& clock_;
  ContactCaller& caller_;
  boost::asio::io_context& context_;
  const Options options_;
};

}  // namespace nscl::delivery
