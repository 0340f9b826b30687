// SPDX-License-Identifier: Apache-2.0
// CollectionConsumer: sends what was collected for a subscriber as one notifyCollection, in the order in which it came,
// and writes down what came of it (procedures 5.9.6).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nscl/delivery/consumer.h>
#include <nscl/store/store.h>

#include "collector.h"
#include "contact_caller.h"
#include "notify_consumer.h"

namespace nscl::delivery {

class CollectionConsumer final : public Consumer {
 public:
  CollectionConsumer(store::Store& store, const Clock& clock, ContactCaller& caller, boost::asio::io_context& context, NotifyOptions options)
      : store_(store), clock_(clock), caller_(caller), context_(context), options_(options) {}

  net::Task<void> run(store::Lane lane) override;

 private:
  /// What leaves together.
  struct Batch {
    CollectionPoint point;
    std::vector<std::uint64_t> rows;
    std::vector<std::string> references;   ///< subscriptionReference of each notify
    std::string document;
    bool is_cut = false;           ///< more waits than goes into one
  };
  std::optional<Batch> find_batch(const store::Lane& lane) const;
  Result<void> record(store::Transaction& transaction, const std::string& name, const Batch* batch, const CallOutcome& outcome);
  void arrived(store::Transaction& transaction, store::Lane& lane, const Batch& batch, const CallOutcome& outcome);
  /// What the receiver says of single notifications: a member that it refuses is refused when it comes again.
  void note_refusals(store::Transaction& transaction, const store::Lane& lane, const Batch& batch, const CallOutcome& outcome) const;
  void failed(store::Transaction& transaction, store::Lane& lane, const CallOutcome& outcome);
  void close(store::Transaction& transaction, const store::Lane& lane, const CallOutcome& outcome);

  store::Store& store_;
  const Clock& clock_;
  ContactCaller& caller_;
  boost::asio::io_context& context_;
  const NotifyOptions options_;
};

}  // namespace nscl::delivery
