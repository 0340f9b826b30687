// SPDX-License-Identifier: Apache-2.0
// Registrar: registers this SCL at others, and keeps it registered there (TS 102 921 10.6; procedures 5.2.2). Each of them
// has a lane, so that what was begun is known after a restart: also what the configuration names no more.
#pragma once

#include <optional>
#include <string>

#include <nscl/core/pipeline.h>
#include <nscl/delivery/consumer.h>
#include <nscl/delivery/transport.h>
#include <nscl/store/store.h>

#include "notify_consumer.h"
#include "peers.h"

namespace nscl::delivery {

class Registrar final : public Consumer {
 public:
  static constexpr std::string_view lane_prefix = "register/";

  Registrar(store::Store& store, const model::Registry& registry, core::Pipeline& pipeline, const Clock& clock, Transport& transport,
            const Peers& peers, boost::asio::io_context& context, NotifyOptions pace, std::chrono::milliseconds time)
      : store_(store), registry_(registry), pipeline_(pipeline), clock_(clock), transport_(transport), peers_(peers), context_(context),
        pace_(pace), time_(time) {}

  /// Every registration that is wanted, or was, is looked at now.
  void start();
  net::Task<void> run(store::Lane lane) override;

 private:
  /// What came of a look. Without an error: when the registration ends; nothing if the lane has no further use.
  struct Outcome {
    std::optional<Time> expires;
    std::string error;
  };
  net::Task<Outcome> renew(const PeerOptions& peer);
  /// `uri`: the sclBase it was registered at.
  net::Task<Outcome> leave(std::string id, std::string uri);

  /// Asks the peer for `path` below its sclBase. Does not throw.
  net::Task<IncomingAnswer> ask(const PeerOptions& peer, model::Verb verb, std::string path, std::string document = {});
  net::Task<IncomingAnswer> announce_contact(const PeerOptions& peer);
  /// Makes, renews, or removes the scl here that stands for the peer; the error, or nothing.
  net::Task<std::string> put_local(const PeerOptions& peer, Time expires);
  net::Task<std::string> drop_local(std::string id, std::string uri);
  bool stands_for(const std::string& scl, const std::string& uri) const;
  net::Task<Status> ask_local(model::Verb verb, std::string to, std::string document);

  std::string own_path(const PeerOptions& peer) const;
  std::string document_for(const PeerOptions& peer, bool is_new) const;
  std::optional<model::Object> decode(const IncomingAnswer& answer, const model::ResourceType& type) const;
  Result<void> record(store::Transaction& transaction, const std::string& name, const std::string& uri, const Outcome& outcome) const;

  store::Store& store_;
  const model::Registry& registry_;
  core::Pipeline& pipeline_;
  const Clock& clock_;
  Transport& transport_;
  const Peers& peers_;
  boost::asio::io_context& context_;
  const NotifyOptions pace_;
  const std::chrono::milliseconds time_;   ///< for an answer
};

}  // namespace nscl::delivery
