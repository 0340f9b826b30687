// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/tr069/acs.h>

#include <algorithm>
#include <optional>

#include <boost/asio/this_coro.hpp>

#include <nscl/base/compression.h>
#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>
#include <nscl/net/tls.h>

#include "address_quota.h"
#include "cookie.h"
#include "engine_http.h"
#include "gate.h"

namespace nscl::rem::tr069 {
namespace {

using net::WebRequest;
using net::WebResponse;
using Place = Sessions::Place;

constexpr std::string_view xml = "text/xml; charset=\"utf-8\"";
constexpr std::chrono::seconds delay_after_failures{1};

Reply denied(const Sessions::Denial& denial) {
  Reply reply;
  reply.status = denial.status;
  reply.body = std::string(denial.why) + (denial.status == 400 ? "; it begins with an Inform\n" : "\n");
  reply.retry_after = denial.retry_after;
  return reply;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

bool is_plain(std::string_view coding) { return coding.empty() || coding == "identity"; }

}  // namespace

struct Acs::State {
  State(Work& to_do, Performing how, CpeCredentials& credentials, AcsOptions wanted, Refused refused)
      : options(std::move(wanted)),
        gate(credentials, options, refused),
        quota(options.informs_per_address),
        work(to_do),
        performing(std::move(how)),
        sessions(std::make_shared<Sessions>(options.sessions, Sessions::Clock::now, doubled(refused))) {}

  static Sessions::Doubled doubled(Refused refused) {
    return [refused = std::move(refused)](const std::string& device, const Sessions::Caller& second) {
      refused({"acs.second_session", second.user, second.peer, device});
    };
  }

  /// What a POST is answered with, and with what around it.
  struct Outcome {
    Reply reply;
    std::string cookie = {};        ///< to be set; empty: none
    std::chrono::seconds patience{0};
  };
  using Judged = tl::expected<Gate::Pass, WebResponse>;

  std::optional<WebResponse> refuse_head(const WebRequest& request) const;
  net::Task<Judged> authorise(const WebRequest& request);
  WebResponse challenge(const WebRequest& request, std::string text, bool is_stale);
  bool may_resume(const Sessions::Standing& standing, const Gate::Pass& pass, std::string_view peer) const;
  Result<std::string_view> body_of(const WebRequest& request, std::string& decoded) const;
  net::Task<WebResponse> handle(const WebRequest& request);
  net::Task<WebResponse> take(const WebRequest& request, Sessions::Line& line, Sessions::Standing standing, std::optional<Gate::Pass> pass);
  net::Task<Outcome> begin(const WebRequest& request, Sessions::Line& line, Gate::Pass pass, Envelope envelope);
  net::Task<Outcome> go_on(Sessions::Line& line, std::string id, std::optional<Envelope> envelope, std::string_view body);
  WebResponse refuse_unreadable(Sessions::Line& line, const Sessions::Standing& standing, std::size_t octets, const std::string& why);
  WebResponse answer(const WebRequest& request, Outcome outcome);

  const AcsOptions options;
  Gate gate;
  AddressQuota quota;
  Work& work;
  const Performing performing;
  const std::shared_ptr<Sessions> sessions;
};

// ---- before the message

std::optional<WebResponse> Acs::State::refuse_head(const WebRequest& request) const {
  if (auto refusal = refuse_target(request, options.path)) return refusal;
  if (!is_plain(request.content_encoding) && !compression_named(request.content_encoding)) {
    auto response = respond(415, "gzip and deflate are understood\n");
    response.fields.emplace_back("Accept-Encoding", "gzip, deflate");
    return response;
  }
  return std::nullopt;
}

WebResponse Acs::State::challenge(const WebRequest& request, std::string text, bool is_stale) {
  auto response = respond(401, std::move(text));
  for (auto& value : gate.challenges(request, is_stale)) response.fields.emplace_back("WWW-Authenticate", std::move(value));
  return response;
}

net::Task<Acs::State::Judged> Acs::State::authorise(const WebRequest& request) {
  using enum Gate::Refusal;
  auto judged = gate.judge(request);
  if (judged) co_return *std::move(judged);
  const auto refusal = judged.error();
  if (refusal == too_often) co_return tl::unexpected(respond(503, "too many passwords were wrong\n", busy_time));
  if (refusal == no_certificate) co_return tl::unexpected(respond(403, "a client certificate is needed\n"));
  if (refusal == wrong_late) {
    net::Timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(delay_after_failures);
    co_await timer.async_wait(net::awaited);
  }
  co_return tl::unexpected(challenge(request, "authentication is needed\n", refusal == stale));
}

/// A session that was used on another connection: for who proves to be the same, or where nobody proves anything has the same address.
bool Acs::State::may_resume(const Sessions::Standing& standing, const Gate::Pass& pass, std::string_view peer) const {
  return standing.caller.user == pass.user && (!pass.user.empty() || standing.caller.peer == peer);
}

Result<std::string_view> Acs::State::body_of(const WebRequest& request, std::string& decoded) const {
  const auto coding = compression_named(request.content_encoding);
  if (!coding || request.body.empty()) return request.body;
  auto octets = decompress(*coding, request.body, options.message_limit);
  if (!octets) return tl::unexpected(std::move(octets.error()));
  decoded = *std::move(octets);
  return decoded;
}

// ---- the message

net::Task<WebResponse> Acs::State::handle(const WebRequest& request) {
  if (auto refusal = refuse_head(request)) co_return *std::move(refusal);
  std::shared_ptr<Sessions::Line> own;
  auto& line = line_of(*sessions, request, own);
  auto standing = sessions->find(line, session_in(request.cookie));
  std::optional<Gate::Pass> pass;
  if (standing.place != Place::here) {
    auto judged = co_await authorise(request);
    if (!judged) co_return std::move(judged.error());
    pass = *std::move(judged);
    if (!may_resume(standing, *pass, request.peer)) standing.place = Place::nowhere;
  }
  co_return co_await take(request, line, std::move(standing), std::move(pass));
}

net::Task<WebResponse> Acs::State::take(const WebRequest& request, Sessions::Line& line, Sessions::Standing standing, std::optional<Gate::Pass> pass) {
  if (standing.place == Place::nowhere && quota.is_used_up(request.peer)) co_return crowded();
  std::string decoded;
  const auto body = body_of(request, decoded);
  if (!body) co_return refuse_unreadable(line, standing, request.body.size(), body.error().detail);
  std::optional<Envelope> envelope;
  if (!is_blank(*body)) {
    SoapLimits limits;
    limits.octets = options.message_limit;
    auto read = read_envelope(*body, request.content_type, limits);
    if (!read) co_return refuse_unreadable(line, standing, body->size(), read.error().detail);
    envelope = *std::move(read);
  }
  if (envelope && envelope->rpc == Inform::name) {
    if (!pass) {   // the session before on this connection was another
      auto judged = co_await authorise(request);
      if (!judged) co_return std::move(judged.error());
      pass = *std::move(judged);
    }
    auto begun = co_await begin(request, line, *std::move(pass), *std::move(envelope));
    co_return answer(request, std::move(begun));
  }
  if (standing.place == Place::nowhere) {
    Outcome outcome;   // who posts nothing before an Inform wants to be challenged, or to know that there is nothing
    outcome.reply.status = envelope ? 400 : 204;
    if (envelope) outcome.reply.body = "a session begins with an Inform\n";
    co_return answer(request, std::move(outcome));
  }
  auto gone_on = co_await go_on(line, std::move(standing.id), std::move(envelope), *body);
  co_return answer(request, std::move(gone_on));
}

/// Its text is shown to nobody: what cannot be read cannot be searched for secrets either.
WebResponse Acs::State::refuse_unreadable(Sessions::Line& line, const Sessions::Standing& standing, std::size_t octets, const std::string& why) {
  if (standing.place != Place::nowhere) {
    if (auto use = sessions->resume(line, standing.id)) (*use)->note_unreadable(octets, why);
  }
  auto response = respond(400, why + "\n");
  response.close = true;   // a CPE that counts characters for octets has not said where its next request begins
  return response;
}

net::Task<Acs::State::Outcome> Acs::State::begin(const WebRequest& request, Sessions::Line& line, Gate::Pass pass, Envelope envelope) {
  Outcome outcome;
  auto message = read_message(envelope);
  if (!message) {
    Header header;
    header.id = envelope.header.id;
    header.name_space = envelope.header.name_space;
    outcome.reply.body = write_message(header, Message(std::move(message.error())));
    co_return outcome;
  }
  auto& inform = std::get<Inform>(*message);
  if (!gate.admits(pass, inform.device_id, request.peer)) {
    outcome.reply.status = 401;
    outcome.reply.is_challenge = true;
    outcome.reply.body = "these are not the credentials of this device\n";
    co_return outcome;
  }
  if (!quota.take(request.peer)) {
    outcome.reply.status = 503;
    outcome.reply.retry_after = busy_time;
    outcome.reply.body = too_many_from_there;
    co_return outcome;
  }
  std::string peer(request.peer);
  const auto device = printable(inform.device_id);
  auto use = sessions->open(line, std::make_shared<Session>(work, performing, options.sessions, device), Sessions::Caller{pass.user, peer});
  if (!use) {
    outcome.reply = denied(use.error());
    co_return outcome;
  }
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  SessionOrigin origin{device, std::move(pass.user), peer, request.tls != nullptr};
  if (auto trace = options.traces ? options.traces->trace(std::move(origin), context) : nullptr) {
    auto observer = observer_of(std::move(trace));
    observer->heard(envelope.header, *message);
    (*use)->observe(std::move(observer));
  }
  auto& session = **use;
  outcome.reply = co_await session.begin(std::move(envelope), std::move(inform), std::move(peer), context, sessions->now());
  if (!session.is_over()) outcome.cookie = "session=" + use->id() + (session.model().cookie_path ? "; Path=/" : "");
  outcome.patience = session.patience();
  co_return outcome;
}

net::Task<Acs::State::Outcome> Acs::State::go_on(Sessions::Line& line, std::string id, std::optional<Envelope> envelope, std::string_view body) {
  Outcome outcome;
  auto use = sessions->resume(line, id);
  if (!use) {
    outcome.reply = denied(use.error());
    co_return outcome;
  }
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  auto& session = **use;
  const auto now = sessions->now();
  if (envelope) {
    outcome.reply = co_await session.take(*std::move(envelope), body, use->is_new_connection(), context, now);
  } else {
    outcome.reply = co_await session.take_nothing(use->is_new_connection(), context, now);
  }
  outcome.patience = session.patience();
  co_return outcome;
}

WebResponse Acs::State::answer(const WebRequest& request, Outcome outcome) {
  auto& reply = outcome.reply;
  if (reply.is_challenge && options.authentication != AcsOptions::Authentication::off) return challenge(request, std::move(reply.body), false);
  if (reply.is_challenge) reply.status = 403;   // there is nothing that it could prove
  const bool has_message = reply.status == 200 && !reply.is_end;
  const auto coding = has_message ? compression_named(request.content_encoding) : std::nullopt;
  if (coding) reply.body = compress(*coding, reply.body);
  auto response = respond(reply.status, std::move(reply.body), reply.retry_after);
  if (has_message) response.content_type = xml;
  if (coding) response.fields.emplace_back("Content-Encoding", name_of(*coding));
  if (!outcome.cookie.empty()) response.fields.emplace_back("Set-Cookie", std::move(outcome.cookie));
  response.close = !has_message && reply.status < 300;
  response.is_secret = reply.is_secret;
  if (has_message) response.idle_time = outcome.patience;
  return response;
}

// ---- Acs

Acs::Acs(Work& work, Performing performing, CpeCredentials& credentials, AcsOptions options, Refused refused)
    : state_(std::make_unique<State>(work, std::move(performing), credentials, std::move(options), std::move(refused))) {}
Acs::~Acs() = default;

/// What can be refused without its body. No session is needed for it: who has none yet may send a long Inform.
net::Task<WebResponse> Acs::admit(const WebRequest& head) {
  auto& state = *state_;
  if (auto refusal = state.refuse_head(head)) co_return *std::move(refusal);
  std::shared_ptr<Sessions::Line> own;
  const auto standing = state.sessions->find(line_of(*state.sessions, head, own), session_in(head.cookie));
  if (standing.place == Place::nowhere && state.sessions->is_full()) co_return respond(503, "too many sessions are in progress\n", busy_time);
  if (standing.place == Place::nowhere && state.quota.is_used_up(head.peer)) co_return crowded();
  if (standing.place == Place::here) co_return admitted();
  const auto judged = co_await state.authorise(head);
  if (!judged) co_return judged.error();
  co_return admitted();
}

net::Task<WebResponse> Acs::handle(const WebRequest& request) try {
  co_return co_await state_->handle(request);
} catch (const store::StoreError& error) {
  log::error("acs.store", {{"what", error.what()}});
  co_return respond(503, "the store cannot be read\n", busy_time);
}

WebResponse Acs::refuse(unsigned status, std::string_view reason) { return respond(status, std::string(reason) + "\n"); }

void Acs::sweep() {
  state_->sessions->sweep();
  state_->quota.sweep();
}

}  // namespace nscl::rem::tr069
