// SPDX-License-Identifier: Apache-2.0
// NotifyConsumer: the half of subscriptions that talks: sends what a subscription has to tell, one notification at a
// time, and writes down what came of it (procedures 5.9.3 to 5.9.5).
#pragma once

#include <nscl/core/pipeline.h>
#include <nscl/delivery/consumer.h>
#include <nscl/store/store.h>

#include "forwarder.h"
#include "state_report.h"

namespace nscl::delivery {

class Channels;

struct NotifyOptions {
  std::chrono::seconds first_retry{10};        ///< doubled with each failure in a row ...
  std::chrono::seconds last_retry{600};        ///< ... up to this
  std::chrono::seconds give_up{3600};          ///< a subscription whose receiver failed for longer, at least ten times, is deleted
};

/// When to try again after `attempts` failures in a row.
std::chrono::seconds retry_pause(const NotifyOptions& options, unsigned attempts);

class NotifyConsumer final : public Consumer {
 public:
  NotifyConsumer(store::Store& store, const model::Registry& registry, core::Pipeline& pipeline, const Clock& clock, Forwarder& forwarder,
                 Channels& channels, boost::asio::io_context& context, NotifyOptions options)
      : store_(store), registry_(registry), pipeline_(pipeline), clock_(clock), forwarder_(forwarder), channels_(channels), context_(context), options_(options) {}

  net::Task<void> run(store::Lane lane) override;

 private:
  /// What is to be sent next, and what is true once it has arrived.
  struct Work {
    std::optional<Notification> notification;
    std::uint64_t row = 0;                   ///< the outbox row it came from; 0: the present state
    Progress progress;
    std::string subscription;                ///< path, empty if it is gone
    std::uint64_t key = 0;
    bool ends_subscription = false;
    bool has_more = false;
    security::RequestorPtr subscriber;
  };
  /// What came of it.
  struct Outcome {
    enum class Kind { arrived, failed, refused, parked } kind = Kind::failed;
    std::string reason;
    std::chrono::seconds retry_after{0};
    std::string parked_on;
  };

  Work find_work(const store::Lane& lane);
  net::Task<Outcome> send(const Work& work);
  net::Task<Outcome> send_inside(const Work& work, std::string path, std::string document);
  net::Task<void> write(store::WriteJob job);
  Result<void> record(store::Transaction& transaction, const std::string& lane, const Work& work, const Outcome& outcome);
  void arrived(store::Transaction& transaction, store::Lane& lane, const Work& work);
  void failed(store::Transaction& transaction, store::Lane& lane, const Work& work, const Outcome& outcome);

  store::Store& store_;
  const model::Registry& registry_;
  core::Pipeline& pipeline_;
  const Clock& clock_;
  Forwarder& forwarder_;
  Channels& channels_;
  boost::asio::io_context& context_;
  const NotifyOptions options_;
};

}  // namespace nscl::delivery
