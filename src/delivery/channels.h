// SPDX-License-Identifier: Apache-2.0
// Channels: long polling (procedures 5.10). Whoever cannot be called asks for what there is and waits for it. Polls are
// in memory only; what they wait for is in the outbox, or in the hands of a peer that waits itself.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/core/pipeline.h>
#include <nscl/delivery/poll.h>
#include <nscl/delivery/transport.h>
#include <nscl/store/store.h>

namespace nscl::delivery {

/// A notificationChannel or communicationChannel of this SCL.
struct ChannelRef {
  std::uint64_t key = 0;     ///< of the resource
  std::string owner;         ///< path of the scl or application it belongs to
  std::string parking_place() const;
};

struct ChannelOptions {
  std::chrono::milliseconds hold_time{110'000};     ///< of a poll that nothing comes for; below what proxies allow
  std::chrono::milliseconds queue_time{30'000};     ///< a request waits so long for a poll
  std::chrono::milliseconds answer_time{32'000};    ///< and so long for the answer to it
  std::size_t polls = 100'000;                      ///< waiting at once
  std::size_t requests_per_channel = 64;            ///< waiting for a poll
};

class Channels {
 public:
  /// What a poll is answered with.
  struct Message {
    std::string content_type;
    std::shared_ptr<const std::string> content;
    std::vector<std::pair<std::string_view, std::string>> fields;   ///< names are static texts
    std::string target;                             ///< contact URI it was sent to
  };

  /// `context`: the pump's; hand_over() and request() are called there.
  Channels(store::Store& store, const core::Pipeline& pipeline, const Clock& clock, boost::asio::io_context& context, ChannelOptions options);

  /// The channel that `uri` is the contactURI of; nullopt if it is none of ours, or gone.
  std::optional<ChannelRef> find_contact(std::string_view uri) const;
  /// `uri` looks like a contactURI of this SCL, whether or not the channel is there.
  static bool is_contact(std::string_view uri);

  /// Gives the message to the poll that waits; true once it is on its way, false if nobody polls.
  net::Task<bool> hand_over(ChannelRef channel, Message message);

  /// A request for whoever polls the channel, and its answer (5.10.2 steps 4, 5; 5.10.4). `originator`: the URI of who asks,
  /// as the client is to see it.
  net::Task<core::ResponseConfirm> request(ChannelRef channel, core::RequestIndication request, std::string target, std::string originator);

  /// What a client sends to a longPollingURI: a poll, or the answer to a request it was given. On the thread of `context`.
  net::Task<PollAnswer> poll(PollRequest request, boost::asio::io_context& context);

  /// Told on the pump's thread that somebody polls the channel.
  void listen(std::function<void(const ChannelRef&)> listener) { listener_ = std::move(listener); }
  std::size_t waiting() const;
  /// Any thread: the poll of this channel ends; what it is told depends on whether the channel is still there.
  void let_go(std::uint64_t channel);
  /// Writer's thread: `gone` is about to be deleted, and the channels below it with it.
  void going(store::View& view, const model::Resource& gone);
  /// Any thread: every poll ends with nothing.
  void let_go();

 private:
  struct Poll;
  struct Transaction;
  std::optional<ChannelRef> find(store::View& view, std::uint64_t key, std::string_view token, std::string_view attribute) const;
  std::shared_ptr<Poll> enter(const ChannelRef& channel, boost::asio::io_context& context, std::function<bool()> has_left);
  std::shared_ptr<Poll> take(std::uint64_t key);
  bool is_polled(std::uint64_t key) const;
  bool is_there(const ChannelRef& channel) const;
  void leave(std::uint64_t key, const std::shared_ptr<Poll>& poll);
  void arrive(const ChannelRef& channel);
  net::Task<bool> wait_for_poll(const ChannelRef& channel, std::shared_ptr<Transaction> transaction, Message message);
  PollAnswer complete(const PollRequest& request);
  Message message_of(const core::RequestIndication& request, const std::string& target, const std::string& originator, const std::string& id,
                     const ChannelRef& channel) const;

  store::Store& store_;
  const core::Pipeline& pipeline_;
  const Clock& clock_;
  boost::asio::io_context& context_;
  const ChannelOptions options_;
  std::function<void(const ChannelRef&)> listener_;
  std::shared_ptr<const bool> life_ = std::make_shared<const bool>(true);   ///< what comes back later looks whether it is still there

  std::unordered_map<std::uint64_t, std::deque<std::shared_ptr<Transaction>>> queued_;   // requests that wait for a poll; on the pump's thread

  mutable std::mutex mutex_;   // of what follows
  std::unordered_map<std::uint64_t, std::shared_ptr<Poll>> polls_;
  std::unordered_map<std::string, std::shared_ptr<Transaction>> transactions_;
};

}  // namespace nscl::delivery
