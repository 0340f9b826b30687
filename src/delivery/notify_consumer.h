// SPDX-License-Identifier: Apache-2.0
// NotifyConsumer: the half of subscriptions that talks: sends what a subscription has to tell, one notification at a
// time, and writes down what came of it (procedures 5.9.3 to 5.9.5).
#pragma once

#include <nscl/core/pipeline.h>
#include <nscl/delivery/consumer.h>
#include <nscl/store/store.h>

#include "contact_caller.h"
#include "state_report.h"

namespace nscl::delivery {

struct NotifyOptions {
  std::chrono::seconds first_retry{10};        ///< doubled with each failure in a row ...
  std::chrono::seconds last_retry{600};        ///< ... up to this
  std::chrono::seconds give_up{3600};          ///< a subscription whose receiver failed for longer, and often enough, is deleted
};

/// At least so many in a row.
inline constexpr unsigned failures_before_giving_up = 10;

/// When to try again after `attempts` failures in a row.
std::chrono::seconds retry_pause(const NotifyOptions& options, unsigned attempts);

class NotifyConsumer final : public Consumer {
 public:
  NotifyConsumer(store::Store& store, const model::Registry& registry, const core::Pipeline& pipeline, const Clock& clock,
                 ContactCaller& caller, boost::asio::io_context& context, NotifyOptions options)
      : store_(store), registry_(registry), pipeline_(pipeline), clock_(clock), caller_(caller), context_(context), options_(options) {}

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
  };

  Work find_work(const store::Lane& lane);
  Result<void> record(store::Transaction& transaction, const std::string& lane, const Work& work, const CallOutcome& outcome);
  void arrived(store::Transaction& transaction, store::Lane& lane, const Work& work);
  void failed(store::Transaction& transaction, store::Lane& lane, const Work& work, const CallOutcome& outcome);

  store::Store& store_;
  const model::Registry& registry_;
  const core::Pipeline& pipeline_;
  const Clock& clock_;
  ContactCaller& caller_;
  boost::asio::io_context& context_;
  const NotifyOptions options_;
};

}  // namespace nscl::delivery
