// SPDX-License-Identifier: Apache-2.0
#include "channels.h"

#include <algorithm>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/channel_uri.h>
#include <nscl/core/representation.h>
#include <nscl/model/messages.h>
#include <nscl/net/awaiting.h>

#include "channel_answer.h"

namespace nscl::delivery {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using Handler = asio::any_completion_handler<void(bool)>;

constexpr std::size_t transaction_id_length = 26;
constexpr std::size_t channels_of_one = 1000;

/// The path of an absolute URI, or the text itself, without its query.
std::string_view path_of(std::string_view uri) {
  if (const auto colon = uri.find("://"); colon != uri.npos) {
    const auto slash = uri.find('/', colon + 3);
    uri = slash == uri.npos ? std::string_view{} : uri.substr(slash);
  }
  return uri.substr(0, uri.find_first_of("?#"));
}

}  // namespace

/// A request that is held until something comes. Its members are used on its own thread.
struct Channels::Poll {
  Poll(asio::io_context& where, std::function<bool()> probe) : context(where), timer(where.get_executor()), has_left(std::move(probe)) {}
  asio::io_context& context;
  net::Timer timer;
  std::function<bool()> has_left;
  enum class State { waiting, answered, replaced, removed, gone } state = State::waiting;
  Message message;
  std::shared_ptr<Receipt> receipt;

  void end(State how) {
    if (state != State::waiting) return;
    state = how;
    timer.cancel();
  }
};

/// A request that was handed to a client, and waits for what it answers. On the pump's thread.
struct Channels::Transaction {
  explicit Transaction(asio::io_context& context) : timer(context.get_executor()) {}
  net::Timer timer;
  std::optional<core::ResponseConfirm> answer;
};

namespace {

/// Function objects, because g++ 12 destroys a capturing lambda next to co_await twice.
template <class Poll, class Message>
struct StartHandOver {
  void operator()(Handler handler, std::shared_ptr<Poll> poll, Message message, asio::io_context* back, std::weak_ptr<const bool> life) const {
    auto receipt = std::make_shared<Receipt>([back, life = std::move(life), handler = std::make_shared<Handler>(std::move(handler))](bool arrived) {
      if (life.lock()) asio::post(*back, [handler, arrived] { std::move (*handler)(arrived); });
    });
    asio::post(poll->context, [poll, message = std::move(message), receipt = std::move(receipt)]() mutable {
      const bool is_there = poll->state == Poll::State::waiting && !(poll->has_left && poll->has_left());
      if (!is_there) return poll->end(Poll::State::gone);
      poll->message = std::move(message);
      poll->receipt = std::move(receipt);
      poll->end(Poll::State::answered);
    });
  }
};

}  // namespace

std::string ChannelRef::parking_place() const { return "channel/" + to_base36(key); }

Channels::Channels(store::Store& store, const core::Pipeline& pipeline, const Clock& clock, asio::io_context& context, ChannelOptions options)
    : store_(store), pipeline_(pipeline), clock_(clock), context_(context), options_(options) {}

bool Channels::is_contact(std::string_view uri) {
  const auto parsed = core::parse_channel_path(path_of(uri));
  return parsed && parsed->use == core::ChannelUse::contact;
}

std::optional<ChannelRef> Channels::find(store::View& view, std::uint64_t key, std::string_view token, std::string_view attribute) const {
  const auto channel = view.find(key);
  if (!channel || !channel->type->name.ends_with("Channel")) return std::nullopt;
  const auto known = core::text_of(*channel, attribute);
  if (known.empty() || !equal_in_constant_time(known, token)) return std::nullopt;
  const auto owner = view.find(parent_path(parent_path(channel->path)));
  if (!owner || owner->expiration_time <= clock_.now()) return std::nullopt;
  return ChannelRef{key, owner->path};
}

std::optional<ChannelRef> Channels::find_contact(std::string_view uri) const {
  const auto parsed = core::parse_channel_path(path_of(uri));
  if (!parsed || parsed->use != core::ChannelUse::contact) return std::nullopt;
  std::optional<ChannelRef> found;
  store_.read([&](store::View& view) { found = find(view, parsed->key, parsed->token, core::contact_token_attribute); });
  return found;
}

bool Channels::is_there(const ChannelRef& channel) const {
  bool found = true;
  try {
    store_.read([&](store::View& view) { found = view.find(channel.key) != nullptr; });
  } catch (const store::StoreError&) {
    // nobody knows: it polls again
  }
  return found;
}

std::size_t Channels::waiting() const {
  const std::lock_guard lock(mutex_);
  return polls_.size();
}

void Channels::let_go(std::uint64_t channel) {
  if (const auto poll = take(channel)) asio::post(poll->context, [poll] { poll->end(Poll::State::removed); });
}

void Channels::going(store::View& view, const model::Resource& gone) {
  const auto& type = gone.type->name;
  if (type.ends_with("Channel")) return let_go(gone.key);
  if (type != "scl" && type != "application") return;
  for (const auto collection : {"notificationChannels", "communicationChannels"}) {
    const auto path = join(gone.path, collection);
    for (const auto& entry : view.children(path, channels_of_one)) {
      if (const auto channel = view.find(join(path, entry.name))) let_go(channel->key);
    }
  }
}

void Channels::let_go() {
  std::unordered_map<std::uint64_t, std::shared_ptr<Poll>> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(polls_);
  }
  for (auto& [key, poll] : all) asio::post(poll->context, [poll = poll] { poll->end(Poll::State::replaced); });
}

// ---- polls

// One poller per channel: an older poll is let go (5.10.2 step 7).
std::shared_ptr<Channels::Poll> Channels::enter(const ChannelRef& channel, asio::io_context& context, std::function<bool()> has_left) {
  auto poll = std::make_shared<Poll>(context, std::move(has_left));
  std::shared_ptr<Poll> older;
  {
    const std::lock_guard lock(mutex_);
    const auto found = polls_.find(channel.key);
    if (found == polls_.end() && polls_.size() >= options_.polls) return nullptr;
    older = std::exchange(polls_[channel.key], poll);
  }
  if (older) asio::post(older->context, [older] { older->end(Poll::State::replaced); });
  return poll;
}

std::shared_ptr<Channels::Poll> Channels::take(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  const auto found = polls_.find(key);
  if (found == polls_.end()) return nullptr;
  auto poll = std::move(found->second);
  polls_.erase(found);
  return poll;
}

void Channels::leave(std::uint64_t key, const std::shared_ptr<Poll>& poll) {
  const std::lock_guard lock(mutex_);
  const auto found = polls_.find(key);
  if (found != polls_.end() && found->second == poll) polls_.erase(found);
}

net::Task<PollAnswer> Channels::poll(PollRequest request, asio::io_context& context) {
  PollAnswer answer;
  const auto parsed = core::parse_channel_path(path_of(request.path));
  std::optional<ChannelRef> channel;
  if (parsed && parsed->use == core::ChannelUse::poll) {
    store_.read([&](store::View& view) { channel = find(view, parsed->key, parsed->token, core::poll_token_attribute); });
  }
  if (!channel) {
    answer.status = Status::not_found;
    answer.detail = "there is no such channel";
    co_return answer;
  }
  if (pipeline_.is_quarantined(channel->owner)) {
    answer.status = Status::forbidden;
    answer.detail = "the SCL of this channel is in quarantine";
    co_return answer;
  }
  if (!request.transaction.empty()) co_return complete(request);
  const auto poll = enter(*channel, context, std::move(request.has_left));
  if (!poll) {
    answer.status = Status::service_unavailable;
    answer.detail = "too many polls are waiting";
    co_return answer;
  }
  poll->timer.expires_after(options_.hold_time);
  asio::post(context_, [this, channel = *channel] { arrive(channel); });
  co_await poll->timer.async_wait(net::awaited);
  leave(channel->key, poll);
  if (poll->state == Poll::State::waiting) poll->state = Poll::State::gone;
  if (poll->state == Poll::State::removed) {   // not yet: it goes with the commit of the job that said so
    store::WriteJob behind_it = [](store::Transaction&) -> Result<void> { return {}; };
    (void)co_await store::async_write(store_, std::move(behind_it), context, net::as_result);
  }
  if (poll->state != Poll::State::answered) {
    if (!is_there(*channel)) {
      answer.status = Status::not_found;
      answer.detail = "the channel is gone";
    }
    co_return answer;
  }
  answer.status = Status::ok;
  answer.content_type = std::move(poll->message.content_type);
  answer.content = std::move(poll->message.content);
  answer.fields = std::move(poll->message.fields);
  answer.receipt = std::move(poll->receipt);
  co_return answer;
}

// A client that lost its connection may poll anew while the poll it lost is tried: that one is tried next.
net::Task<bool> Channels::hand_over(ChannelRef channel, Message message) {
  if (message.fields.empty()) {   // a notification, for clients that want every message to look like a request (5.10.4)
    const auto policy = pipeline_.policy();
    const auto end = std::min(message.target.find_first_of("/?#", message.target.find("://") + 3), message.target.size());
    message.fields = {{"X-Acy-Method", "CREATE"},
                      {"X-Acy-Target-ID", message.target},
                      {"X-Acy-Requesting-Entity", message.target.substr(0, end) + policy->base_path},
                      {"X-Acy-Transaction-ID", random_name(transaction_id_length)}};
  }
  using Token = const asio::use_awaitable_t<net::Executor>;
  Token token;
  for (auto poll = take(channel.key); poll; poll = take(channel.key)) {
    const bool arrived = co_await asio::async_initiate<Token, void(bool)>(StartHandOver<Poll, Message>{}, token, std::move(poll), Message(message), &context_,
                                                                          std::weak_ptr<const bool>(life_));
    if (arrived) co_return true;
  }
  co_return false;
}

// ---- requests that go through a channel

Channels::Message Channels::message_of(const core::RequestIndication& request, const std::string& target, const std::string& originator,
                                       const std::string& id, const ChannelRef& channel) const {
  const auto policy = pipeline_.policy();
  std::string_view method = "CREATE";
  if (request.verb == model::Verb::retrieve) method = "RETRIEVE";
  if (request.verb == model::Verb::update) method = "UPDATE";
  if (request.verb == model::Verb::remove) method = "DELETE";
  if (request.verb == model::Verb::execute) method = "EXECUTE";
  Message message;
  message.target = target;
  message.fields = {{"X-Acy-Method", std::string(method)}, {"X-Acy-Target-ID", target}, {"X-Acy-Requesting-Entity", originator}, {"X-Acy-Transaction-ID", id}};
  bool is_communication = false;
  std::string poll_uri;
  store_.read([&](store::View& view) {
    const auto resource = view.find(channel.key);
    is_communication = resource && resource->type->name == "communicationChannel";
    if (!resource) return;
    const auto host = core::text_of(*resource, security::authority_attribute);
    poll_uri = core::channel_uri({core::ChannelUse::poll, channel.key, core::text_of(*resource, core::poll_token_attribute)}, *policy, host);
  });
  if (!is_communication) {   // the ONG family: the representation itself
    message.content_type = request.content_type;
    if (!request.content.empty()) message.content = std::make_shared<const std::string>(request.content);
    return message;
  }
  model::Object out;
  out.set("requestingEntity", originator);
  out.set("targetID", target);
  out.set("method", method);
  if (!request.content_type.empty()) out.set("contentTypeHeader", request.content_type);
  out.set("acceptHeader", codec::media_type(request.answer_format));
  out.set("xEtsiContactUriHeader", poll_uri);
  out.set("xEtsiCorrelationIDHeader", id);
  if (!request.content.empty()) {
    model::Object representation;
    representation.set("contentType", request.content_type);
    representation.set("$t", Bytes{std::string(request.content)});
    out.set("representation", std::move(representation));
  }
  message.content_type = codec::media_type(codec::Format::xml);
  message.content = std::make_shared<const std::string>(codec::encode(codec::Format::xml, model::messages::request_notify(), out));
  return message;
}

// Somebody polls: a request that a peer waits for goes before what the outbox holds.
void Channels::arrive(const ChannelRef& channel) {
  const auto queue = queued_.find(channel.key);
  if (queue != queued_.end() && !queue->second.empty()) queue->second.front()->timer.cancel();
  else if (listener_) listener_(channel);
}

bool Channels::is_polled(std::uint64_t key) const {
  const std::lock_guard lock(mutex_);
  return polls_.contains(key);
}

/// True once the message is on its way; false if nobody polled in time.
net::Task<bool> Channels::wait_for_poll(const ChannelRef& channel, std::shared_ptr<Transaction> transaction, Message message) {
  const auto until = SteadyClock::now() + options_.queue_time;
  queued_[channel.key].push_back(transaction);
  bool is_taken = false;
  for (;;) {
    auto copy = message;
    is_taken = queued_[channel.key].front() == transaction && co_await hand_over(channel, std::move(copy));
    if (is_taken || SteadyClock::now() >= until) break;
    transaction->timer.expires_at(until);
    co_await transaction->timer.async_wait(net::awaited);
  }
  auto& queue = queued_[channel.key];
  std::erase(queue, transaction);
  if (queue.empty()) queued_.erase(channel.key);
  if (is_polled(channel.key)) arrive(channel);   // it came while this one was handed over, and waits for the next
  co_return is_taken;
}

net::Task<core::ResponseConfirm> Channels::request(ChannelRef channel, core::RequestIndication request, std::string target, std::string originator) {
  const auto queue = queued_.find(channel.key);
  if (queue != queued_.end() && queue->second.size() >= options_.requests_per_channel) {
    const Error full{Status::service_unavailable, "too many requests wait for this channel to be polled"};
    co_return core::refusal(request, full);
  }
  const auto id = random_name(transaction_id_length);
  auto transaction = std::make_shared<Transaction>(context_);
  {
    const std::lock_guard lock(mutex_);
    transactions_.emplace(id, transaction);
  }
  auto message = message_of(request, target, originator, id, channel);
  const bool is_taken = co_await wait_for_poll(channel, transaction, std::move(message));
  if (is_taken && !transaction->answer) {
    transaction->timer.expires_after(options_.answer_time);
    co_await transaction->timer.async_wait(net::awaited);
  }
  {
    const std::lock_guard lock(mutex_);
    transactions_.erase(id);
  }
  if (transaction->answer) co_return *std::move(transaction->answer);
  const Error late{Status::gateway_timeout, is_taken ? "the peer took the request from its channel and did not answer" : "the peer did not poll its channel in time"};
  co_return core::refusal(request, late);
}

// Any I/O thread. An answer that nobody waits for any more is told so (5.10.4).
PollAnswer Channels::complete(const PollRequest& request) {
  PollAnswer answer;
  if (request.is_vendor_form && request.status_code == 0) {
    answer.status = Status::bad_request;
    answer.detail = "the answer has no X-Acy-Status-Code";
    return answer;
  }
  if (request.is_vendor_form && request.status_code < 200) return answer;   // provisional
  auto confirm = confirm_in(request);
  if (!confirm) {
    answer.status = confirm.error().status;
    answer.detail = confirm.error().detail;
    return answer;
  }
  std::shared_ptr<Transaction> transaction;
  {
    const std::lock_guard lock(mutex_);
    const auto found = transactions_.find(request.transaction);
    if (found != transactions_.end()) transaction = found->second;
  }
  if (!transaction) {
    answer.status = Status::forbidden;
    answer.detail = "no request with this transaction waits for an answer";
    return answer;
  }
  asio::post(context_, [transaction, confirm = *std::move(confirm)]() mutable {
    transaction->answer = std::move(confirm);
    transaction->timer.cancel();
  });
  return answer;
}

}  // namespace nscl::delivery
