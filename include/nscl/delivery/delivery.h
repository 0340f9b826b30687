// SPDX-License-Identifier: Apache-2.0
// Delivery: everything that leaves the server because of a change, a request or a sleeping peer. Writes what has to
// follow into the outbox (core::Outbound, inside transactions) and brings it out from there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/core/outbound.h>
#include <nscl/core/pipeline.h>
#include <nscl/delivery/options.h>
#include <nscl/delivery/poll.h>
#include <nscl/delivery/transport.h>
#include <nscl/store/store.h>

namespace nscl::delivery {

class FanOut;

class Delivery final : public core::Outbound {
 public:
  /// `context`: on whose thread the outbox is worked off. Loads what it has to know of the tree.
  /// `groups` outlives the I/O contexts: members that are late go on after the answer.
  Delivery(const model::Registry& registry, store::Store& store, const Clock& clock, core::Pipeline& pipeline, Transport& transport,
           FanOut& groups, boost::asio::io_context& context, Options options);
  ~Delivery() override;

  /// Begins to work off the outbox. Once the pipeline knows of this object; before or while the context runs.
  void start();
  /// Begins nothing more; on the context's thread, or after it ended.
  void stop();
  /// Any thread: long polls end with nothing, so that their connections can be closed.
  void let_polls_go();

  void changed(store::Transaction& transaction, const core::Change& change) override;
  void appended(store::Transaction& transaction, const model::Resource& container, const model::Instance& instance) override;
  std::string scl_at(store::View& view, std::string_view uri) override;
  bool is_link_taken(store::View& view, std::string_view link) override;
  void respond(store::Transaction& transaction, const core::RequestIndication& request, const core::ResponseConfirm& confirm) override;
  Result<void> check_contact(std::string_view uri) const override;
  net::Task<core::ResponseConfirm> relay(core::RequestIndication request, core::Route route, boost::asio::io_context& context) override;
  net::Task<core::ResponseConfirm> fan_out(core::RequestIndication request, core::Target target, boost::asio::io_context& context) override;

  /// Now and then, on the context's thread: ends what has waited for too long.
  void expire();
  /// Any thread: the SCL at this path sent something, and so is awake.
  void note_life(std::string_view scl);

  /// What a client sends to a longPollingURI. On the thread of `context`.
  net::Task<PollAnswer> poll(PollRequest request, boost::asio::io_context& context);

  /// True for the path of an aggregateURI that this SCL made. Any thread.
  bool is_collection_point(std::string_view path) const;
  /// What a member of a group sends there: a notify or notifyCollection. On the thread of `context`.
  net::Task<Result<void>> collect(std::string path, codec::Format format, std::string document, boost::asio::io_context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::delivery
