// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/dm_server.h>

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/rem/omadm/credentials.h>

#include "address_quota.h"
#include "alerts.h"
#include "challenge.h"
#include "dm_gate.h"
#include "dm_lobby.h"
#include "engine_http.h"
#include "status_codes.h"

namespace nscl::rem::omadm {
namespace {

using net::WebRequest;
using net::WebResponse;

constexpr std::size_t longest_id = 256;
constexpr unsigned most_messages_unproved = 10;
constexpr std::string_view hmac_field = "x-syncml-hmac", token_parameter = "s=";

std::string_view field_of(const WebRequest& request, std::string_view name) {
  for (const auto& [field, value] : request.extension_fields) {
    if (field.size() == name.size() && std::equal(field.begin(), field.end(), name.begin(), [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; })) return value;
  }
  return {};
}

/// Of RespURI; empty: there is none.
std::string token_in(std::string_view target) {
  const auto query = target.find('?');
  if (query == target.npos) return {};
  target.remove_prefix(query + 1);
  if (!target.starts_with(token_parameter)) return {};
  target.remove_prefix(token_parameter.size());
  return std::string(target.substr(0, target.find_first_of("&#")));
}

bool is_good(const SyncHdr& header) {
  return !header.source.empty() && header.source.size() <= longest_id && header.source_name.size() <= longest_id && header.session_id.size() <= longest_id;
}

/// `patience`: how long the connection waits for what comes next.
WebResponse answer(DmReply reply, std::chrono::seconds patience = {}) {
  if (reply.octets.empty()) return respond(500, "the answer cannot be written\n");
  WebResponse response;
  response.content_type = media_type(reply.encoding);
  response.body = std::make_shared<const std::string>(std::move(reply.octets));
  response.is_secret = reply.is_secret;
  response.idle_time = patience;
  if (!reply.hmac.empty()) response.fields.emplace_back("x-syncml-hmac", std::move(reply.hmac));
  return response;
}

/// Whether the message is that session's. One that was found by what the message says of itself gives way where it begins another.
bool is_of(const DmSession& session, const DmHeard& heard, bool is_told) {
  const auto& header = heard.message.header;
  if (session.device() != header.source) return false;
  return is_told || !begins_session(heard.message) || session.turn_of(header, heard.digest) != Dialogue::Turn::wrong;
}

/// A message outside of a session.
DmReply written(Dialogue& dialogue, DmMessage message) {
  number(message);
  DmReply out;
  out.encoding = dialogue.encoding();
  if (auto octets = write_message(message, out.encoding)) out.octets = *std::move(octets);
  dialogue.say(out);
  return out;
}

}  // namespace

struct DmServer::State {
  State(Work& to_do, DmPerforming how, DmAccounts& known, DmOptions wanted, Refused told)
      : accounts(known), performing(std::move(how)), options(std::move(wanted)), refused(std::move(told)),
        around{to_do, known, performing, options, refused},
        quota(options.sessions_per_address),
        lobby(options.sessions.sessions, options.sessions.idle),
        sessions(std::make_shared<DmSessions>(options.sessions, DmSessions::Clock::now, [this](const std::string& device, const DmSessions::Caller& second) {
          refused({"dm.second_session", second.user, second.peer, device});
        })) {}

  net::Task<WebResponse> handle(const WebRequest& request);
  net::Task<WebResponse> take(const WebRequest& request, DmHeard heard, Encoding encoding);
  net::Task<WebResponse> visit(SessionTable::Line& line, DmHeard heard, std::unique_ptr<DmVisit> visit);
  net::Task<WebResponse> begin(SessionTable::Line& line, DmHeard heard, std::unique_ptr<DmVisit> visit, DmAccount account, DmAuthentication proof);
  WebResponse turn_away(const DmHeard& heard, std::unique_ptr<DmVisit> visit, const DmAccount& account, DmVerdict verdict, std::string_view type);
  std::unique_ptr<DmVisit> visit_of(const WebRequest& request, const DmHeard& heard, Encoding encoding, const std::string& token);
  void note_wrong(const DmHeard& heard, const DmVisit& visit, const DmAccount& account) const;
  DmModelOptions model_of(const DeviceFacts& facts) const { return performing.model ? performing.model(facts) : DmModelOptions(); }
  std::string url_of(const WebRequest& request) const;
  Cred decoy_for(std::string_view device) const;

  DmAccounts& accounts;
  const DmPerforming performing;
  const DmOptions options;
  const Refused refused;
  const DmSurroundings around;
  AddressQuota quota;
  DmLobby lobby;
  DmLockout lockout;
  const std::shared_ptr<DmSessions> sessions;
  const Secret decoy_key = random_secret(32);
};

std::string DmServer::State::url_of(const WebRequest& request) const {
  if (!options.url.empty()) return options.url;
  return (request.tls != nullptr ? "https://" : "http://") + std::string(request.host) + std::string(path_of(request.target));
}

// ---- who has proved nothing yet

/// Goes on with, or begins, a visit whose turn this message is; null: it is out of turn, and begins nothing.
std::unique_ptr<DmVisit> DmServer::State::visit_of(const WebRequest& request, const DmHeard& heard, Encoding encoding, const std::string& token) {
  const auto& header = heard.message.header;
  auto visit = token.empty() ? nullptr : lobby.take(token);
  if (visit && visit->dialogue.turn_of(header, heard.digest) != Dialogue::Turn::wrong) return visit;
  if (!begins_session(heard.message)) return nullptr;
  return std::make_unique<DmVisit>(Dialogue(header, encoding, url_of(request), SessionTable::fresh_id()));
}

net::Task<WebResponse> DmServer::State::visit(SessionTable::Line& line, DmHeard heard, std::unique_ptr<DmVisit> visit) {
  const auto& header = heard.message.header;
  const bool is_new = visit->messages == 0;
  if (is_new && (sessions->is_full() || !quota.take(heard.peer))) co_return answer(written(visit->dialogue, refusal_of(heard.message, visit->dialogue.blank(), busy)));
  if (visit->dialogue.turn_of(header, heard.digest) == Dialogue::Turn::repeated) {
    auto again = visit->dialogue.last();
    lobby.put(std::move(visit));
    co_return answer(std::move(again));
  }
  visit->dialogue.hear(header, heard.digest);
  if (++visit->messages > most_messages_unproved || lockout.is_locked(header.source, heard.peer))
    co_return answer(written(visit->dialogue, refusal_of(heard.message, visit->dialogue.blank(), unauthorised)));
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto account = accounts.find(header.source, visit->dialogue.device_name(), boost::asio::query(executor, boost::asio::execution::context));
  const auto told = model_of(contact_of(heard.message, heard.peer).facts), known = model_of(account.facts);
  const auto least = least_of(options, known, heard.is_tls);
  const std::string nonce = visit->nonce.empty() ? account.ours : visit->nonce;
  const auto [verdict, is_by_other] = judge(account, {header, heard.octets, heard.hmac, nonce, told.hmac_by_rfc_2104}, least);
  if (verdict != DmVerdict::good && verdict != DmVerdict::good_mac) {
    // Who has not proved who it is is asked by what it says to be, so that the question does not tell which devices are known, and as what.
    const auto asked = verdict == DmVerdict::weak ? least : least_of(options, told, heard.is_tls);
    co_return turn_away(heard, std::move(visit), account, verdict, wanted_type(asked));
  }
  lockout.forgive(header.source, heard.peer);
  account.shows_other = is_by_other;
  account.facts = {};   // the session is told what is known then
  const auto proof = verdict == DmVerdict::good_mac ? DmAuthentication::mac : least;
  co_return co_await begin(line, std::move(heard), std::move(visit), std::move(account), proof);
}

/// Asks for a credential, or for a better one; after too many wrong ones for nothing.
WebResponse DmServer::State::turn_away(const DmHeard& heard, std::unique_ptr<DmVisit> visit, const DmAccount& account, DmVerdict verdict, std::string_view type) {
  const auto& message = heard.message;
  auto reply = visit->dialogue.blank();
  reply.header.cred = account.server ? cred_of(*account.server, account.theirs, auth_md5) : decoy_for(message.header.source);
  if (verdict == DmVerdict::wrong) {
    note_wrong(heard, *visit, account);
    if (lockout.note_wrong(message.header.source, heard.peer)) return answer(written(visit->dialogue, refusal_of(message, std::move(reply), unauthorised)));
  }
  visit->nonce = fresh_nonce();
  const auto code = verdict == DmVerdict::missing ? credentials_required : unauthorised;
  auto out = written(visit->dialogue, challenge(message, std::move(reply), code, type, visit->nonce));
  lobby.note(visit->dialogue, heard.peer);
  lobby.put(std::move(visit));
  return answer(std::move(out));
}

/// A first try with the nonce of the session before is no attempt: that nonce may have been lost.
void DmServer::State::note_wrong(const DmHeard& heard, const DmVisit& visit, const DmAccount& account) const {
  const auto& header = heard.message.header;
  const bool is_basic = header.cred && header.cred->type == auth_basic;
  if (visit.nonce.empty() && !is_basic) return;
  log::warning("dm.login_failed", {{"device", header.source}, {"peer", heard.peer}});
  if (refused) refused({"dm.login_failed", visit.dialogue.device_name(), heard.peer, account.client ? std::string_view(header.source) : std::string_view()});
}

/// What a device that is not known is shown for our credentials, so that it cannot be told from one that is.
Cred DmServer::State::decoy_for(std::string_view device) const {
  return {std::string(auth_md5), "b64", md5_data(Secret(keyed_digest(decoy_key.view(), device)), {})};
}

// ---- sessions

net::Task<WebResponse> DmServer::State::begin(SessionTable::Line& line, DmHeard heard, std::unique_ptr<DmVisit> visit, DmAccount account, DmAuthentication proof) {
  const auto device = visit->dialogue.device(), token = visit->dialogue.token(), user = account.client ? account.client->user : std::string();
  lobby.note(visit->dialogue, heard.peer);
  auto dialogue = visit->dialogue;
  auto session = std::make_shared<DmSession>(around, std::move(visit->dialogue), std::move(account), proof);
  auto use = sessions->open(line, std::move(session), DmSessions::Caller{user, heard.peer}, token);
  if (!use) co_return answer(written(dialogue, refusal_of(heard.message, dialogue.blank(), busy)));
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  SessionOrigin origin{device, user, heard.peer, heard.is_tls};
  if (auto trace = options.traces != nullptr ? options.traces->trace(std::move(origin), context) : nullptr) (*use)->observe(std::move(trace));
  auto reply = co_await (*use)->begin(std::move(heard), context, sessions->now());
  co_return answer(std::move(reply), (*use)->patience());
}

net::Task<WebResponse> DmServer::State::take(const WebRequest& request, DmHeard heard, Encoding encoding) {
  std::shared_ptr<SessionTable::Line> own;
  auto& line = line_of(*sessions, request, own);
  const auto told = token_in(request.target);
  const auto token = !told.empty() ? told : lobby.token_of(heard.message.header, heard.peer);
  auto use = sessions->resume(line, token);
  if (!use && use.error().status == 503) co_return respond(503, std::string(use.error().why) + "\n", use.error().retry_after);
  if (use && is_of(**use, heard, !told.empty())) {
    const net::Executor executor = co_await boost::asio::this_coro::executor;
    auto& context = boost::asio::query(executor, boost::asio::execution::context);
    auto reply = co_await (*use)->take(std::move(heard), context, sessions->now());
    co_return answer(std::move(reply), (*use)->patience());
  }
  { const auto released = std::move(use); }   // it is another's, or there is none
  auto visitor = visit_of(request, heard, encoding, token);
  if (visitor) co_return co_await visit(line, std::move(heard), std::move(visitor));
  Dialogue dialogue(heard.message.header, encoding, url_of(request), SessionTable::fresh_id());
  auto reply = refusal_of(heard.message, dialogue.blank(), malformed);
  reply.body.emplace_back(alert_of(abort_session));
  co_return answer(written(dialogue, std::move(reply)));
}

net::Task<WebResponse> DmServer::State::handle(const WebRequest& request) {
  if (auto refusal = refuse_target(request, options.path)) co_return *std::move(refusal);
  const auto encoding = encoding_of(request.content_type, request.body);
  const bool is_coded = !request.content_encoding.empty() && request.content_encoding != "identity";
  if (!encoding || is_coded) co_return respond(415, "application/vnd.syncml.dm+xml and +wbxml are understood\n");
  SyncmlLimits limits;
  limits.octets = options.message_limit;
  auto message = read_message(request.body, *encoding, limits);
  if (!message) co_return respond(400, message.error().detail + "\n");
  if (!is_good(message->header)) co_return respond(400, "the header does not say which device it is, or is too long\n");
  DmHeard heard;
  heard.message = *std::move(message);
  heard.digest = sha256(request.body);
  heard.octets = request.body;
  heard.hmac = field_of(request, hmac_field);
  heard.peer = request.peer;
  heard.is_tls = request.tls != nullptr;
  co_return co_await take(request, std::move(heard), *encoding);
}

// ---- DmServer

DmServer::DmServer(Work& work, DmPerforming performing, DmAccounts& accounts, DmOptions options, Refused refused)
    : state_(std::make_unique<State>(work, std::move(performing), accounts, std::move(options), std::move(refused))) {}
DmServer::~DmServer() = default;

net::Task<WebResponse> DmServer::admit(const WebRequest& head) {
  if (auto refusal = refuse_target(head, state_->options.path)) co_return *std::move(refusal);
  if (token_in(head.target).empty() && state_->quota.is_used_up(head.peer)) co_return crowded();
  co_return admitted();
}

net::Task<WebResponse> DmServer::handle(const WebRequest& request) try {
  co_return co_await state_->handle(request);
} catch (const store::StoreError& error) {
  log::error("dm.store", {{"what", error.what()}});
  co_return respond(503, "the store cannot be read\n", busy_time);
}

WebResponse DmServer::refuse(unsigned status, std::string_view reason) { return respond(status, std::string(reason) + "\n"); }

void DmServer::sweep() {
  state_->sessions->sweep();
  state_->quota.sweep();
  state_->lobby.sweep([this](const std::string& token) { return state_->sessions->knows(token); });
  state_->lockout.sweep();
}

}  // namespace nscl::rem::omadm
