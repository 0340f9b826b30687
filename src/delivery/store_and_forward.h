// SPDX-License-Identifier: Apache-2.0
// StoreAndForward: asynchronous requests for other SCLs, kept until these can be reached or the tolerance ends
// (procedures 1.4, 5.14). A lane per SCL, in the order of priority and arrival.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include <nscl/core/outbound.h>
#include <nscl/delivery/consumer.h>
#include <nscl/delivery/options.h>

#include "forwarder.h"
#include "held_request.h"
#include "pump.h"
#include "saf_policy.h"

namespace nscl::delivery {

class StoreAndForward final : public Consumer {
 public:
  /// `pump`: whose thread run() is on, and that of `context`.
  StoreAndForward(store::Store& store, core::Pipeline& pipeline, const Clock& clock, Forwarder& forwarder, Pump& pump,
                  boost::asio::io_context& context, const Options& options)
      : store_(store), pipeline_(pipeline), clock_(clock), forwarder_(forwarder), pump_(pump), context_(context), options_(options) {}

  /// Takes an asynchronous request for another SCL: STATUS_ACCEPTED once it is durable. A request that is kept already is
  /// not kept twice; one whose answer waits to be fetched gets it. On the thread of `context`.
  net::Task<core::ResponseConfirm> accept(core::RequestIndication request, core::Route route, boost::asio::io_context& context);

  /// The same for the members of a group here: they are asked later, and their answers come together.
  net::Task<core::ResponseConfirm> accept_for_group(core::RequestIndication request, boost::asio::io_context& context);

  net::Task<void> run(store::Lane lane) override;

  /// Writer's thread: what wakes a queue.
  void changed(store::Transaction& transaction, const core::Change& change);
  /// Any thread: an SCL sent something, so it is awake.
  void note_life(std::string_view scl);
  /// Ends what has waited for too long; now and then, on the pump's thread.
  void expire();
  /// Writer's thread: takes a kept request back; its issuer is told nothing.
  static void cancel(store::Transaction& transaction, const store::OutboxRow& row);

 private:
  struct Work {
    std::optional<store::OutboxRow> row;
    std::optional<HeldRequest> held;
    bool insist = false;
    Time due = never;                ///< of the lane when it was looked at
    Time opening = Time::min();      ///< with no request: when the policies admit one of those that wait
  };
  Result<void> keep(store::Transaction& transaction, const core::RequestIndication& request, const core::Route& route, core::ResponseConfirm& confirm);
  Result<void> keep_for_group(store::Transaction& transaction, const core::RequestIndication& request, core::ResponseConfirm& confirm);
  /// True if the request is known already: `confirm` then says what became of it.
  static bool is_known(store::Transaction& transaction, const core::RequestIndication& request, core::ResponseConfirm& confirm);
  net::Task<Attempt> execute(const Work& work);
  Work find_work(const store::Lane& lane);
  Result<void> record(store::Transaction& transaction, const std::string& lane, const Work& work, const Attempt& attempt);
  void finish(store::Transaction& transaction, const Work& work, HeldAnswer answer);
  void end_in_failure(store::Transaction& transaction, const store::OutboxRow& row, const Error& error);
  Result<void> expire_rows(store::Transaction& transaction);
  void wake(store::Transaction& transaction, const model::Resource& scl);
  void park(store::Transaction& transaction, store::Lane& lane, const Work& work, const Attempt& attempt);
  bool is_awake(const std::string& lane);

  store::Store& store_;
  core::Pipeline& pipeline_;
  const Clock& clock_;
  Forwarder& forwarder_;
  Pump& pump_;
  boost::asio::io_context& context_;
  const Options options_;

  std::mutex mutex_;   // of what follows
  std::unordered_map<std::string, std::string> sleeping_;   // path of an scl whose lane is parked -> the lane
  std::unordered_map<std::string, Time> awake_;             // lanes of SCLs that showed life, until then
};

/// The lane of requests for an scl.
std::string forward_lane(std::uint64_t scl_key);

}  // namespace nscl::delivery
